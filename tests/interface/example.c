/* Reads a plan, asks how likely it is to fail, and prints the program's own JSON: example PLAN [THREADS]. With THREADS, so many ask at once and all must get
 * the same answer. Exit status: that of the answer. */
#include <pthread.h>
#include <shortfall.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static shortfall_file plan;

static char *read_all(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return NULL;
  char *text = malloc(1 << 20);
  *length = text == NULL ? 0 : fread(text, 1, 1 << 20, file);
  fclose(file);
  return text;
}

static void *ask(void *unused) {
  (void)unused;
  shortfall_options options;
  shortfall_defaults(&options, sizeof options);
  options.trials = 10000;
  options.max_trials = 10000;
  options.threads = 1;
  return shortfall_run(&plan, 1, &options);
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  size_t length = 0;
  char *text = read_all(argv[1], &length);
  if (text == NULL) return 2;
  plan.kind = SHORTFALL_ORGANISATION;
  plan.name = argv[1];
  plan.text = text;
  plan.length = length;

  shortfall_answer *answer = ask(NULL);
  int status = (int)shortfall_status(answer);
  fwrite(shortfall_json(answer), 1, shortfall_json_length(answer), stdout);
  int others = argc > 2 ? atoi(argv[2]) : 0;
  pthread_t threads[64];
  if (others > 64) others = 64;
  for (int i = 0; i < others; ++i) pthread_create(&threads[i], NULL, ask, NULL);
  for (int i = 0; i < others; ++i) {
    void *other = NULL;
    pthread_join(threads[i], &other);
    if (strcmp(shortfall_json(other), shortfall_json(answer)) != 0) status = 99;
    shortfall_free(other);
  }
  shortfall_free(answer);
  free(text);
  return status;
}
