/*
 * family_name.c - see family_name.h. The names are folded, and in order for bsearch.
 */
#include "query/family_name.h"

#include "text/text.h"

static const char *const family_names[] = {
    "an",    "au",     "bach", "banh",   "bui",   "cao",    "chau", "chu", "dam",   "dang",  "dao",   "diep",
    "dinh",  "do",     "doan", "dong",   "duong", "giang",  "giap", "ha",  "ho",    "hoang", "hua",   "huynh",
    "khuat", "khuong", "kieu", "kim",    "la",    "lai",    "lam",  "le",  "lieu",  "lu",    "luong", "luu",
    "ly",    "mac",    "mai",  "nghiem", "ngo",   "nguyen", "nong", "ong", "pham",  "phan",  "phi",   "phung",
    "quach", "quan",   "ta",   "tang",   "thach", "thai",   "tieu", "to",  "ton",   "tong",  "tran",  "trieu",
    "trinh", "truong", "tu",   "uong",   "van",   "vi",     "vo",   "vu",  "vuong",
};

static int by_name(const void *key, const void *name)
{
    return strcmp(key, *(const char *const *)name);
}

bool family_name_is(const struct query_token *token)
{
    char folded[TEXT_FORM_MAX + 1];
    folded[text_fold(token->form, token->len, folded)] = '\0';
    return bsearch(folded, family_names, ARRAY_LEN(family_names), sizeof *family_names, by_name) != NULL;
}
