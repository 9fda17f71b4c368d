#include "job.h"

#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

bool refuse(struct result *result, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(result->words, sizeof result->words, format, arguments);
    va_end(arguments);
    return false;
}

bool refuse_as_caller(struct result *result, const char *words)
{
    return refuse(result, "driver: %s", words);
}

bool refuse_cjose(struct result *result, const char *what, const cjose_err *err)
{
    return refuse(result, "%s: %s", what, err->message ? err->message : "no message");
}

/* RFC 7515 section 4.1.9: the prefix may be left out, and case does not count. */
bool media_type_is(const char *found, const char *wanted)
{
    static const char kPrefix[] = "application/";
    if (strncasecmp(found, kPrefix, sizeof kPrefix - 1) == 0)
        found += sizeof kPrefix - 1;
    return strcasecmp(found, wanted) == 0;
}

/* libcjose has no hash of its own: this is the libcrypto below it. */
char *hash_of(const char *token)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (EVP_Digest(token, strlen(token), digest, &size, EVP_sha256(), NULL) != 1)
        return NULL;
    char *text = NULL;
    size_t length = 0;
    cjose_err err;
    return cjose_base64url_encode(digest, size, &text, &length, &err) ? text : NULL;
}
