/* Run dumps of `anywhere.py` with the program of a wheel: `anywhere PROGRAM DUMP ...`.
 *
 * For each dump a line: values that differ from those that it holds, all values, seconds. A descriptor of an array is,
 * as numba has it: two owners, elements, bytes of one, place, lengths, strides; each of 8 bytes. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef _WIN32
#include <windows.h>
static void *entry(const char *program, const char *name) {
    HMODULE library = LoadLibraryA(program);
    return library ? (void *)GetProcAddress(library, name) : NULL;
}
#else
#include <dlfcn.h>
static void *entry(const char *program, const char *name) {
    void *library = dlopen(program, RTLD_NOW);
    return library ? dlsym(library, name) : NULL;
}
#endif

typedef int32_t run_each(void *result, void **error, void *room, void *state, void *choice, void *results, int64_t first);

enum { ROOM, STATE, CHOICE, RESULTS, GROUPS, MOST_WORDS = 1024 };
static const char *const NAMES[GROUPS] = {"Case", "State", "Choice", "Results"};

static void fail(const char *what) {
    fprintf(stderr, "anywhere: %s\n", what);
    exit(2);
}

/* Read a whole file, with a zero after it. */
static char *content(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) fail(path);
    fseek(file, 0, SEEK_END);
    size_t size = ftell(file);
    rewind(file);
    char *bytes = calloc(size + 1, 1);
    if (!bytes || fread(bytes, 1, size, file) != size) fail(path);
    fclose(file);
    return bytes;
}

static void run(run_each *run, char *dump) {
    static int64_t words[GROUPS][MOST_WORDS];
    int at[GROUPS] = {0};
    int64_t first = 0, different = 0, all = 0;
    const char *expected[64], *got[64];
    size_t sizes[64];
    int results = 0;
    char *end = strstr(dump, "\n\n"), *start = end + 2;
    if (!end) fail("this is no dump");
    *end = 0;
    for (char *line = strtok(dump, "\n"); line; line = strtok(NULL, "\n")) {
        char name[32], table[32];
        int64_t length[4], itemsize, elements = 1;
        int read = sscanf(line, "%31s %31s %lld %lld %lld %lld %lld", name, table, (long long *)&itemsize,
                          (long long *)&length[0], (long long *)&length[1], (long long *)&length[2], (long long *)&length[3]);
        if (!strcmp(name, "first")) {
            first = atoll(table);
            continue;
        }
        int group = 0, dimensions = read - 3;
        while (group < GROUPS && strcmp(name, NAMES[group])) group++;
        if (group == GROUPS || dimensions < 1) fail(line);
        for (int axis = 0; axis < dimensions; axis++) elements *= length[axis];
        size_t size = elements * itemsize;
        char *data = calloc(size + 1, 1); /* of results, zeros; a place of its own keeps all others aligned */
        if (group == RESULTS) {
            expected[results] = start, got[results] = data, sizes[results++] = size;
        } else {
            memcpy(data, start, size);
        }
        start += size;
        int64_t *word = words[group] + at[group], stride = itemsize;
        word[0] = word[1] = 0, word[2] = elements, word[3] = itemsize, word[4] = (int64_t)(intptr_t)data;
        for (int axis = dimensions - 1; axis >= 0; axis--) {
            word[5 + axis] = length[axis], word[5 + dimensions + axis] = stride;
            stride *= length[axis];
        }
        at[group] += 5 + 2 * dimensions;
    }
    double result[8];
    void *error = NULL;
    clock_t began = clock();
    if (run(result, &error, words[ROOM], words[STATE], words[CHOICE], words[RESULTS], first)) fail("an index is out of bounds");
    double seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
    for (int table = 0; table < results; table++)
        for (size_t byte = 0; byte < sizes[table]; byte += 8, all++)
            different += memcmp(expected[table] + byte, got[table] + byte, 8) != 0;
    printf("%lld %lld %f\n", (long long)different, (long long)all, seconds);
}

int main(int count, char **words) {
    run_each *program = count > 2 ? (run_each *)entry(words[1], "run_each") : NULL;
    if (!program) fail("usage: anywhere PROGRAM DUMP ...; is the program one for this machine?");
    for (int dump = 2; dump < count; dump++) run(program, content(words[dump]));
    return 0;
}
