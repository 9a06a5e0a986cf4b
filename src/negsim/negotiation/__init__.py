"""The model: tables in, tables out; no files, no Mesa, no printing."""
