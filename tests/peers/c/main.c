/* Puts libcjose behind the protocol of tests/peers/README.md: one JSON request a line in, one
 * JSON answer a line out. */
#include "job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    bool (*prepare)(struct job *, struct result *);
} kOperations[] = {
    {"jws.verify", prepare_jws_verify}, {"jws.sign", prepare_jws_sign},
    {"wit.verify", prepare_wit_verify}, {"wit_wpt.verify", prepare_wit_wpt_verify},
    {"wit.issue", prepare_wit_issue},   {"wpt.issue", prepare_wpt_issue},
};
static const size_t kOperationCount = sizeof kOperations / sizeof kOperations[0];

static json_t *hello(void)
{
    json_t *ops = json_array();
    for (size_t i = 0; i < kOperationCount; ++i)
        json_array_append_new(ops, json_string(kOperations[i].name));
    json_array_append_new(ops, json_string("bench"));
    return json_pack("{s:b, s:s, s:s, s:[{s:s, s:s, s:o}]}", "ok", 1, "driver", "c", "language",
                     "C", "peers", "name", "libcjose", "version", cjose_version(), "ops", ops);
}

static bool prepare(struct job *job, const char *op, struct result *result)
{
    if (strcmp(text_of(job->request, "peer"), "libcjose") != 0) {
        result->unsupported = true;
        return refuse(result, "no peer %s", text_of(job->request, "peer"));
    }
    for (size_t i = 0; i < kOperationCount; ++i)
        if (strcmp(kOperations[i].name, op) == 0)
            return kOperations[i].prepare(job, result);
    result->unsupported = true;
    return refuse(result, "libcjose has no %s", op);
}

static bool perform(struct job *job, const char *op, struct result *result)
{
    if (strcmp(op, "bench") != 0)
        return prepare(job, op, result) && job->once(job, result);
    return prepare(job, text_of(job->request, "of"), result) &&
           run_bench(job, json_number_value(json_object_get(job->request, "seconds")), result);
}

static json_t *handle(const char *line, size_t length)
{
    json_error_t error;
    json_t *request = json_loadb(line, length, 0, &error);
    if (!request)
        return json_pack("{s:b, s:s}", "ok", 0, "error", error.text);
    const char *op = text_of(request, "op");
    if (strcmp(op, "hello") == 0) {
        json_decref(request);
        return hello();
    }
    struct job job = {.request = request};
    struct result result = {0};
    json_t *answer;
    if (perform(&job, op, &result)) {
        answer = result.members;
        json_object_set_new(answer, "ok", json_true());
    } else {
        answer = json_pack("{s:b, s:s}", "ok", 0, result.unsupported ? "unsupported" : "error",
                           result.words);
    }
    release_job(&job);
    json_decref(request);
    return answer;
}

int main(void)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    while ((length = getline(&line, &capacity, stdin)) != -1) {
        if (length <= 1)
            continue;
        json_t *answer = handle(line, (size_t)length);
        char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
        puts(text ? text : "{\"ok\":false,\"error\":\"the answer is no UTF-8\"}");
        fflush(stdout);
        free(text);
        json_decref(answer);
    }
    free(line);
    return ferror(stdin) ? 1 : 0;
}
