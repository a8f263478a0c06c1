/* shortfall for other programs: texts of plans in, a JSON document out, as the program itself would print it.
 *
 *   shortfall_file files[] = {{SHORTFALL_ORGANISATION, "riverside.yaml", text, strlen(text)}};
 *   shortfall_answer *answer = shortfall_run(files, 1, NULL);
 *   if (shortfall_status(answer) == SHORTFALL_GOOD) puts(shortfall_json(answer));
 *   shortfall_free(answer);
 *
 * There is no state but in the answers: any number of threads may call at once, each with answers of its own. No function prints, opens a file, changes a
 * signal or ends the process. An answer is never NULL but where there is no memory for one; every function takes a NULL answer.
 *
 * Within one major version the functions stay as they are; shortfall_options may grow at its end, which is why it tells its size. */
#ifndef SHORTFALL_H
#define SHORTFALL_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define SHORTFALL_API
#else
#define SHORTFALL_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What a text is: one organisation's plan, the system's file (one at most), or the reference classes (one at most; none: those built in). */
typedef enum { SHORTFALL_ORGANISATION = 0, SHORTFALL_SYSTEM = 1, SHORTFALL_REFERENCE = 2 } shortfall_kind;

/* A file as it was read: `name` is what messages call it, `text` its `length` bytes of UTF-8, which need not end in a zero. */
typedef struct {
  shortfall_kind kind;
  const char *name;
  const char *text;
  size_t length;
} shortfall_file;

/* As the program's exit status. */
typedef enum {
  SHORTFALL_GOOD = 0,
  SHORTFALL_GATE_CROSSED = 1, /* the JSON is the whole result */
  SHORTFALL_BAD_INPUT = 2,    /* the JSON is of the schema shortfall/problems/1 */
  SHORTFALL_FAILED = 3,       /* no memory; the JSON is an empty string */
  SHORTFALL_GATE_UNCLEAR = 4  /* the JSON is the whole result */
} shortfall_answer_status;

/* Start from shortfall_defaults(&options, sizeof options). */
typedef struct {
  size_t size;              /* of this structure, as the caller was compiled with it */
  uint64_t trials;          /* futures to simulate */
  uint64_t max_trials;      /* the most, where a gate or a verdict asks for more */
  uint64_t seed;
  double optimism;          /* 0: as planned, 1: as such plans have gone, up to 10 */
  unsigned threads;         /* 0: one a core; the answer is the same for any number */
  const char *const *edits; /* "path=value" of --set, ended by NULL; NULL: none */
  const char *const *given; /* "factor=pNN" of --given, ended by NULL; NULL: none */
  int knowledge;            /* 0: the reference classes as they are written; else (the default) also how far the answer is known */
} shortfall_options;

typedef struct shortfall_answer shortfall_answer;

SHORTFALL_API const char *shortfall_version(void); /* "0.1.0" */
/* Fills the options, as many as the caller was compiled with: `size` bytes of them. */
SHORTFALL_API void shortfall_defaults(shortfall_options *options, size_t size);

/* NULL options: the defaults. */
SHORTFALL_API shortfall_answer *shortfall_run(const shortfall_file *files, size_t count, const shortfall_options *options);
SHORTFALL_API shortfall_answer *shortfall_explain(const shortfall_file *files, size_t count, const shortfall_options *options);
SHORTFALL_API shortfall_answer *shortfall_pool(const shortfall_file *files, size_t count, const shortfall_options *options);
SHORTFALL_API shortfall_answer *shortfall_validate(const shortfall_file *files, size_t count, const shortfall_options *options);
/* Two revisions of the same plans; edits are made to the new one. */
SHORTFALL_API shortfall_answer *shortfall_compare(const shortfall_file *before, size_t before_count, const shortfall_file *after, size_t after_count,
                                                  const shortfall_options *options);

SHORTFALL_API shortfall_answer_status shortfall_status(const shortfall_answer *answer);
SHORTFALL_API const char *shortfall_json(const shortfall_answer *answer); /* ended by a zero; as long as the answer lives */
SHORTFALL_API size_t shortfall_json_length(const shortfall_answer *answer);
SHORTFALL_API void shortfall_free(shortfall_answer *answer);

#ifdef __cplusplus
}
#endif
#endif
