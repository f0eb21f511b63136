/*
 * indexer.h - the commands that write and prove archives.
 */
#ifndef TRABAO_INDEXER_H
#define TRABAO_INDEXER_H

/* `trabao index`: argv[0] is the command's name for messages; returns an exit code (base/status.h). */
int indexer_main(int argc, char **argv);

/* `trabao remove`: takes articles out of an archive for good. */
int indexer_remove_main(int argc, char **argv);

/* `trabao check`: proves that an archive is sound. */
int indexer_check_main(int argc, char **argv);

#endif
