#include "plugins/common/head_figures.h"

#include "core/model/tokenizer/token_text.h"

#include <algorithm>
#include <cmath>

namespace vitrine
{
namespace
{

constexpr std::size_t kMostSinkLabels = 6, kMostTokenTicks = 512;
constexpr double kLabelShare = 0.08; // of the axis: the width a label takes

} // namespace

std::string headLabel(model::LayerHead head)
{
    return fmt::format("layer {}, head {}", head.layer, head.head);
}

std::vector<figure::Axis::Tick> tokenTicks(const attention::Capture& capture)
{
    std::vector<figure::Axis::Tick> ticks;
    const auto& texts = capture.tokenTexts();
    const std::size_t step = texts.size() / kMostTokenTicks + 1;
    for (std::size_t j = 0; j < texts.size(); j += step)
        ticks.push_back({static_cast<double>(j), model::readableToken(texts[j])});
    return ticks;
}

figure::Series thresholdLine(std::string name, const attention::Capture& capture,
                             const attention::SinkOptions& options)
{
    figure::Series limit;
    limit.name = std::move(name);
    limit.colour = figure::kTextColour;
    limit.line = figure::Line::dash;
    limit.width = 1;
    limit.y = attention::thresholds(capture.tokens(), options, capture.window());
    for (std::size_t j = 0; j < limit.y.size(); ++j)
        limit.x.push_back(static_cast<double>(j));
    return limit;
}

void labelSinks(figure::Figure& figure, const std::vector<SinkLabel>& sinks, std::int64_t tokens)
{
    const double room = kLabelShare * static_cast<double>(tokens);
    std::vector<double> labelled;
    for (const SinkLabel& sink : sinks) {
        if (labelled.size() == kMostSinkLabels)
            break;
        if (std::ranges::any_of(
                labelled, [&](double other) { return std::abs(other - sink.position) < room; }))
            continue;
        labelled.push_back(sink.position);
        figure.annotations.push_back({sink.token, sink.position, sink.score, figure::kTextColour});
    }
}

} // namespace vitrine
