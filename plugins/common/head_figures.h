#pragma once

#include "core/attention/capture.h"
#include "core/attention/sinks.h"
#include "core/figure/figure.h"

#include <string>
#include <vector>

// What figures of one head's tokens have in common. Any thread.
namespace vitrine
{

std::string headLabel(model::LayerHead head); // "layer 3, head 5"

// The capture's tokens along an axis, as people read them; of long texts some.
std::vector<figure::Axis::Tick> tokenTicks(const attention::Capture& capture);

// What s[j] is compared with, a thin dashed line.
figure::Series thresholdLine(std::string name, const attention::Capture& capture,
                             const attention::SinkOptions& options);

struct SinkLabel {
    std::string token;
    double position = 0, score = 0;
};
// Labels the first of these, heaviest first; a neighbour whose label would lie on one already set
// goes without.
void labelSinks(figure::Figure& figure, const std::vector<SinkLabel>& sinks, std::int64_t tokens);

} // namespace vitrine
