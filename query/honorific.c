/*
 * honorific.c - honorifics, posts and ministries, and which of them may not be taken away from a name that is short:
 * Anh Thơ and Chu Văn An begin with words that are honorifics elsewhere.
 */
#include "query/honorific.h"

struct honorific {
    const char *words; /* canonical, single blanks between them */
    uint8_t left;      /* words that must follow */
    bool with_marks;   /* does not count when typed without its marks */
};

static const struct honorific honorifics[] = {
    {"ông", 1, false},
    {"bà", 1, false},
    {"anh", 2, false},
    {"chị", 2, false},
    {"em", 2, false},
    {"cháu", 2, true},
    {"bé", 2, true},
    {"cô", 2, false},
    {"chú", 2, true},
    {"bác", 2, false},
    {"cụ", 2, true},
    {"thầy", 2, false},
    {"cô giáo", 1, false},
    {"thầy giáo", 1, false},
    {"đồng chí", 1, false},
    {"đ c", 1, false},
    {"tổng bí thư", 1, false},
    {"bí thư", 1, false},
    {"phó bí thư", 1, false},
    {"chủ tịch", 1, false},
    {"chủ tịch nước", 1, false},
    {"chủ tịch quốc hội", 1, false},
    {"phó chủ tịch", 1, false},
    {"phó chủ tịch nước", 1, false},
    {"phó chủ tịch quốc hội", 1, false},
    {"thủ tướng", 1, false},
    {"phó thủ tướng", 1, false},
    {"tổng thống", 1, false},
    {"phó tổng thống", 1, false},
    {"bộ trưởng", 1, false},
    {"thứ trưởng", 1, false},
    {"ngoại trưởng", 1, false},
    {"giám đốc", 1, false},
    {"phó giám đốc", 1, false},
    {"tổng giám đốc", 1, false},
    {"phó tổng giám đốc", 1, false},
    {"cục trưởng", 1, false},
    {"vụ trưởng", 1, false},
    {"viện trưởng", 1, false},
    {"hiệu trưởng", 1, false},
    {"trưởng ban", 1, false},
    {"trưởng phòng", 1, false},
    {"đại biểu", 1, false},
    {"đại sứ", 1, false},
    {"đại tướng", 1, false},
    {"thượng tướng", 1, false},
    {"trung tướng", 1, false},
    {"thiếu tướng", 1, false},
    {"đại tá", 1, false},
    {"thượng tá", 1, false},
    {"trung tá", 1, false},
    {"thiếu tá", 1, false},
    {"đại úy", 1, false},
    {"thượng úy", 1, false},
    {"trung úy", 1, false},
    {"thiếu úy", 1, false},
    {"giáo sư", 1, false},
    {"phó giáo sư", 1, false},
    {"tiến sĩ", 1, false},
    {"thạc sĩ", 1, false},
    {"bác sĩ", 1, false},
    {"luật sư", 1, false},
    {"kĩ sư", 1, false},
    {"nhà văn", 1, false},
    {"nhà thơ", 1, false},
    {"nhà báo", 1, false},
    {"nhạc sĩ", 1, false},
    {"ca sĩ", 1, false},
    {"họa sĩ", 1, false},
    {"đạo diễn", 1, false},
    {"diễn viên", 1, false},
    {"nghệ sĩ", 1, false},
    {"huấn luyện viên", 1, false},
    {"cầu thủ", 1, false},
    {"gs", 1, false},
    {"pgs", 1, false},
    {"ts", 1, false},
    {"ths", 1, false},
    {"bs", 1, false},
    {"ls", 1, false},
    {"ks", 1, false},
    {"hlv", 1, false},
    {"nsnd", 1, false},
    {"nsưt", 1, false},
    /* What follows `Bộ trưởng` and the like. */
    {"bộ công an", 2, false},
    {"bộ quốc phòng", 2, false},
    {"bộ ngoại giao", 2, false},
    {"bộ nội vụ", 2, false},
    {"bộ tư pháp", 2, false},
    {"bộ tài chính", 2, false},
    {"bộ công thương", 2, false},
    {"bộ xây dựng", 2, false},
    {"bộ y tế", 2, false},
    {"bộ giáo dục và đào tạo", 2, false},
    {"bộ gd đt", 2, false},
    {"bộ giao thông vận tải", 2, false},
    {"bộ gtvt", 2, false},
    {"bộ kế hoạch và đầu tư", 2, false},
    {"bộ kh đt", 2, false},
    {"bộ khoa học và công nghệ", 2, false},
    {"bộ kh cn", 2, false},
    {"bộ thông tin và truyền thông", 2, false},
    {"bộ tt tt", 2, false},
    {"bộ tài nguyên và môi trường", 2, false},
    {"bộ tn mt", 2, false},
    {"bộ nông nghiệp và môi trường", 2, false},
    {"bộ nn mt", 2, false},
    {"bộ nông nghiệp và phát triển nông thôn", 2, false},
    {"bộ nn ptnt", 2, false},
    {"bộ văn hóa thể thao và du lịch", 2, false},
    {"bộ vh tt dl", 2, false},
    {"bộ lao động thương binh và xã hội", 2, false},
    {"bộ lđ tb xh", 2, false},
    {"bộ dân tộc và tôn giáo", 2, false},
    {"mr", 1, false},
    {"mrs", 1, false},
    {"ms", 1, false},
    {"dr", 1, false},
};

/* True when TOKEN is the word WORD (N bytes), or is it without its marks; *FOLDED tells that. */
static bool is_word(const struct query_token *token, const char *word, size_t n, bool *folded)
{
    char plain[TEXT_FORM_MAX];
    if (token->len == n && memcmp(token->form, word, n) == 0) {
        return true;
    }
    *folded = true;
    return !token->marked && text_fold(word, n, plain) == token->len && memcmp(token->form, plain, token->len) == 0;
}

/* The words of H at the beginning of TOKENS; 0 when they are not there or may not be taken away. */
static size_t match(const struct honorific *h, const struct query_token *tokens, size_t count)
{
    size_t words = 0;
    bool folded = false;
    for (const char *word = h->words; *word != '\0'; words++) {
        const size_t n = strcspn(word, " ");
        if (words == count || !is_word(&tokens[words], word, n, &folded)) {
            return 0;
        }
        word += n + (word[n] == ' ');
    }
    if (folded && h->with_marks) {
        return 0;
    }
    /* One word without its marks says little. */
    const size_t left = folded && words == 1 ? MAX((size_t)h->left, (size_t)2) : h->left;
    return count >= words + left ? words : 0;
}

size_t honorific_count(const struct query_token *tokens, size_t count)
{
    size_t total = 0;
    size_t longest;
    do {
        longest = 0;
        for (size_t i = 0; i < ARRAY_LEN(honorifics); i++) {
            const size_t words = match(&honorifics[i], tokens + total, count - total);
            longest = MAX(longest, words);
        }
        total += longest;
    } while (longest > 0);
    return total;
}
