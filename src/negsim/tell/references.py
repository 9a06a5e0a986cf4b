"""The literature that the basis of a parameter names, in full.

Rules that hold here
- A source gives a sign or an order of size; how that becomes a number of the model is judgement, and the parameter's
  standing says so.
"""

from __future__ import annotations

REFERENCES = {
    "Acar-Burkay et al. 2020": "Acar-Burkay, S., et al. (2020). Group Decision and Negotiation: relational capital of "
    "negotiators over seven months.",
    "Burt & Knez 1995": "Burt, R. S., & Knez, M. (1995). Kinds of third-party effects on trust. Rationality and "
    "Society 7(3), 255-292. doi 10.1177/1043463195007003003",
    "Carnevale & Lawler 1986": "Carnevale, P. J. D., & Lawler, E. J. (1986). Time pressure and the development of "
    "integrative agreements in bilateral negotiations. Journal of Conflict Resolution 30(4), 636-659. "
    "doi 10.1177/0022002786030004003",
    "Cowan 2001": "Cowan, N. (2001). The magical number 4 in short-term memory. Behavioral and Brain Sciences 24(1), "
    "87-114. doi 10.1017/S0140525X01003922",
    "Dunbar": "Dunbar, R., quoted in the New York Times (2010): closeness falls by about 15 % a year without meeting.",
    "Gaertner et al. 1990": "Gaertner, S. L., Mann, J. A., Dovidio, J. F., Murrell, A. J., & Pomare, M. (1990). How "
    "does cooperation reduce intergroup bias? Journal of Personality and Social Psychology 59(4), 692-704. "
    "doi 10.1037/0022-3514.59.4.692",
    "Lees & Cikara 2020": "Lees, J., & Cikara, M. (2020). Inaccurate group meta-perceptions drive negative out-group "
    "attributions in competitive contexts. Nature Human Behaviour 4, 279-286. doi 10.1038/s41562-019-0766-4",
    "Lu et al. 2012": "Lu, L., Yuan, Y. C., & McLeod, P. L. (2012). Twenty-five years of hidden profiles in group "
    "decision making: a meta-analysis. Personality and Social Psychology Review 16(1), 54-75. "
    "doi 10.1177/1088868311417243",
    "More in Common 2019": "More in Common (2019). The perception gap: how false impressions are pulling Americans "
    "apart.",
    "NegMAS": "NegMAS, a platform for automated negotiation: its time-based aspiration curves 1 - t^e (linear e = 1, "
    "boulware e = 4), read in its source.",
    "Paluck et al. 2019": "Paluck, E. L., Green, S. A., & Green, D. P. (2019). The contact hypothesis re-evaluated. "
    "Behavioural Public Policy 3(2), 129-158. doi 10.1017/bpp.2018.25",
    "Pettigrew & Tropp 2006": "Pettigrew, T. F., & Tropp, L. R. (2006). A meta-analytic test of intergroup contact "
    "theory. Journal of Personality and Social Psychology 90(5), 751-783. doi 10.1037/0022-3514.90.5.751",
    "Robinson et al. 1995": "Robinson, R. J., Keltner, D., Ward, A., & Ross, L. (1995). Actual versus assumed "
    "differences in construal. Journal of Personality and Social Psychology 68(3), 404-417. "
    "doi 10.1037/0022-3514.68.3.404",
    "Ross & Stillinger": "Ross, L., & Stillinger, C. (1991). Barriers to conflict resolution. Negotiation Journal "
    "7(4), 389-404.",
    "Schkade et al. 2007": "Schkade, D., Sunstein, C. R., & Hastie, R. (2007). What happened on Deliberation Day? "
    "California Law Review 95(3), 915-940.",
    "Slovic 1993": "Slovic, P. (1993). Perceived risk, trust, and democracy. Risk Analysis 13(6), 675-682. "
    "doi 10.1111/j.1539-6924.1993.tb01329.x",
    "Stuhlmacher et al. 1998": "Stuhlmacher, A. F., Gillespie, T. L., & Champagne, M. V. (1998). The impact of time "
    "pressure in negotiation: a meta-analysis. International Journal of Conflict Management 9(2), 97-116. "
    "doi 10.1108/eb022805",
    "Thompson & Hastie 1990": "Thompson, L., & Hastie, R. (1990). Social perception in negotiation. Organizational "
    "Behavior and Human Decision Processes 47(1), 98-123. doi 10.1016/0749-5978(90)90048-E",
}
