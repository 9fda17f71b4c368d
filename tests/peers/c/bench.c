#include "job.h"

#include <time.h>

enum { kBatches = 7 };

/* CPU time of the process. */
static double cpu_ns(void)
{
    struct timespec spent;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return (double)spent.tv_sec * 1e9 + (double)spent.tv_nsec;
}

static bool once_and_drop(struct job *job, struct result *result)
{
    if (!job->once(job, result))
        return false;
    json_decref(result->members);
    result->members = NULL;
    return true;
}

/* Refuses what does not succeed once: a refusal costs less than what is asked about. */
bool run_bench(struct job *job, double seconds, struct result *result)
{
    double each = (seconds > 0 ? seconds : 1) * 1e9 / kBatches;
    long rounds = 0;
    if (!once_and_drop(job, result))
        return false;
    for (double begin = cpu_ns(); cpu_ns() - begin < each / 4; ++rounds)
        if (!once_and_drop(job, result))
            return false;
    rounds = rounds > 0 ? rounds * 4 : 1;
    json_t *list = json_array();
    for (int batch = 0; batch < kBatches; ++batch) {
        double begin = cpu_ns();
        for (long i = 0; i < rounds; ++i) {
            if (!once_and_drop(job, result)) {
                json_decref(list);
                return false;
            }
        }
        json_array_append_new(list, json_real((cpu_ns() - begin) / (double)rounds));
    }
    result->members = json_pack("{s:o, s:b}", "ns_per_op", list, "cpu", 1);
    return true;
}
