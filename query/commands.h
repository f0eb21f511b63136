/*
 * commands.h - the command lines of this room. Each takes argv with argv[0] = "trabao search" and so on, reads its
 * options, prints data on stdout and talk on stderr, and returns the exit code of the process (base/status.h).
 */
#ifndef TRABAO_COMMANDS_H
#define TRABAO_COMMANDS_H

int query_search_main(int argc, char **argv);
int query_export_main(int argc, char **argv);
int query_stats_main(int argc, char **argv);
int query_analyze_main(int argc, char **argv);
int query_suggest_main(int argc, char **argv);

#endif
