#pragma once

#include "core/jobs/experiment/params.h"
#include "core/jobs/experiment/progress.h"
#include "core/jobs/experiment/run_result.h"

namespace vitrine
{

// Live tuning: state is kept between updates. Used by one thread; the newest request wins. "Keep"
// starts a kept run with the same Params, whose computed values equal the live result.
class LiveSession
{
public:
    virtual ~LiveSession() = default;

    virtual Result<RunResult> update(const Params& params, Progress& progress) = 0;
};

} // namespace vitrine
