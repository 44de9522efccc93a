#pragma once

#include <memory>

#include "core/jobs/experiment/live_session.h"

namespace vitrine::attention_plugin
{

// attention.capture, tuned live: model and pass stay while only the sink rule changes, so that an
// answer takes milliseconds; another text runs the pass again, another model opens it.
// capture_overhead, a measured value, is left out.
Result<std::unique_ptr<LiveSession>> openCaptureLive(const Params& params);

} // namespace vitrine::attention_plugin
