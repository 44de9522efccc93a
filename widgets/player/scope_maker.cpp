#include "widgets/player/scope_maker.h"

#include <QString>

#include <algorithm>
#include <memory>
#include <utility>

namespace vitrine::player
{

ScopeMaker::ScopeMaker(Compute compute, QObject* owner, const PaneSet& panes,
                       std::function<void(ScopeData data)> made)
    : compute_(std::move(compute)), owner_(owner), panes_(panes), made_(std::move(made))
{
}

void ScopeMaker::make(const Scene& scene)
{
    if (isMaking_ || !panes_.state().scopes || panes_.count() == 0 ||
        scene.panes.size() != panes_.panes().size())
        return;
    const int first = panes_.first(), second = panes_.chosen();
    Source source{scene.panes[static_cast<std::size_t>(first)].frame,
                  scene.panes[static_cast<std::size_t>(second)].frame, scene.version};
    if (source == source_)
        return;
    source_ = std::move(source);
    isMaking_ = true;
    const Pane &left = panes_.at(first), &right = panes_.at(second);
    const auto data = std::make_shared<ScopeData>();
    data->firstName = left.name;
    data->secondName = right.name;
    data->firstColour = left.colour;
    data->secondColour = right.colour;
    data->plane = panes_.state().plane;
    compute_(
        owner_, QStringLiteral("scopes"),
        [data, one = source_.first, two = source_.second] {
            if (one && one->error.empty())
                data->first = video::histogram(one->frame);
            if (two && two->error.empty()) {
                data->second = video::histogram(two->frame);
                data->plane = std::min(data->plane, two->frame.format().planes() - 1);
                data->waveform =
                    video::waveform(two->frame, data->plane, kWaveformColumns, kWaveformLevels);
            }
        },
        [this, data] {
            isMaking_ = false;
            made_(std::move(*data));
        });
}

} // namespace vitrine::player
