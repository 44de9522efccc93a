#pragma once

#include "core/base/result.h"
#include "core/jobs/experiment/run_record.h"

#include <cstdint>

namespace vitrine
{

// The memory that a worker may hold (RLIMIT_DATA). One per process, from the beginning of its run
// to the end.
class MemoryLimit
{
public:
    // In bytes; 0: none. A limit in which no run could begin, since the program itself holds as
    // much, is an error (failed) that says how much is needed, and nothing is limited.
    static Result<MemoryLimit> set(std::uint64_t bytes);

    // Lifts the limit: what is left to do is to keep the record. A run that failed for want of
    // memory is a failed run (exit code 1) and says that the limit was reached, whatever the
    // library made of it that was refused the memory.
    void conclude(RunRecord& run) const;

private:
    explicit MemoryLimit(std::uint64_t bytes) : bytes_(bytes) {}
    std::uint64_t bytes_ = 0;
};

// What the command line and a job may ask for, in MiB; 0: no limit. Anything that is no number of
// bytes is an argument error.
Result<std::uint64_t> memoryLimitBytes(double mebibytes);

} // namespace vitrine
