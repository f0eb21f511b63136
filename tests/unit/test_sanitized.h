/*
 * test_sanitized.h - whether a sanitizer watches the test, which makes it several times as slow: then long rows of
 * cases are taken in larger steps. The plain build takes them all.
 */
#ifndef TRABAO_TEST_SANITIZED_H
#define TRABAO_TEST_SANITIZED_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#endif
