package main

import (
	"time"

	"golang.org/x/sys/unix"
)

const batches = 7

// cpuTime is that of the whole process, so the work of the garbage collector counts.
func cpuTime() time.Duration {
	var spent unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &spent); err != nil {
		panic(err)
	}
	return time.Duration(spent.Nano())
}

// bench refuses what does not succeed once: a refusal costs less than what is asked about.
func bench(once run, seconds float64) (answer, error) {
	if _, err := once(); err != nil {
		return nil, err
	}
	if seconds <= 0 {
		seconds = 1
	}
	each := seconds / batches
	rounds := 0
	begin := cpuTime()
	for spent := time.Duration(0); spent.Seconds() < each/4; spent = cpuTime() - begin {
		if _, err := once(); err != nil {
			return nil, err
		}
		rounds++
	}
	rounds = max(1, rounds*4)
	list := make([]float64, 0, batches)
	for range batches {
		begin := cpuTime()
		for range rounds {
			if _, err := once(); err != nil {
				return nil, err
			}
		}
		list = append(list, float64(cpuTime()-begin)/float64(rounds))
	}
	return answer{"ns_per_op": list, "cpu": true}, nil
}
