#pragma once

#include "core/jobs/experiment/live_session.h"

#include <memory>

namespace vitrine::calibration_plugin
{

// calibration.tune, tuned live: the model, the original pass and the residual stream of the
// calibrated one stay, so that an update runs only the layers from the first one on whose
// calibration changed. Another text runs both passes again, another model opens it. An update that
// is overtaken is finished all the same if it has been running for less than 100 ms, so that the
// picture follows a slider that is being dragged.
Result<std::unique_ptr<LiveSession>> openTuneLive(const Params& params);

} // namespace vitrine::calibration_plugin
