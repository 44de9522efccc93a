#include "plugins/calibration/view/tuning_acts.h"

#include "core/jobs/experiment/read_run.h"

#include <QObject>

namespace vitrine::calibration_plugin
{
namespace
{

Wish withHeads(const Scene& scene, const std::set<LayerHead>& heads, const QString& label)
{
    return withParameter(scene, "heads", attention::headsText({heads.begin(), heads.end()}), label);
}

} // namespace

Wish withParameter(const Scene& scene, const std::string& name, const ParamValue& value,
                   const QString& label, const QString& mergeKey)
{
    Wish wish{scene.wished, label, mergeKey};
    wish.params.set(name, value);
    return wish;
}

Wish withOwnBeta(const Scene& scene, double beta)
{
    auto betas = headBetasOf(scene.wished);
    betas[scene.head] = beta;
    return withParameter(scene, "head_betas", headBetasText(betas),
                         QObject::tr("Change beta of %1").arg(headName(scene.head)),
                         QStringLiteral("tune:beta ") + text(headText(scene.head)));
}

Wish withHeadToggled(const Scene& scene, LayerHead head)
{
    std::set<LayerHead> heads = scene.chosen;
    const bool out = heads.erase(head) > 0;
    if (!out)
        heads.insert(head);
    return withHeads(
        scene, heads,
        (out ? QObject::tr("Leave out %1") : QObject::tr("Calibrate %1")).arg(headName(head)));
}

Wish withLasso(const Scene& scene, const std::set<LayerHead>& heads,
               Qt::KeyboardModifiers modifiers)
{
    std::set<LayerHead> chosen = heads;
    if (modifiers & Qt::ShiftModifier)
        chosen.insert(scene.chosen.begin(), scene.chosen.end());
    if (modifiers & Qt::ControlModifier) {
        chosen = scene.chosen;
        std::erase_if(chosen, [&](LayerHead head) { return heads.contains(head); });
    }
    return withHeads(scene, chosen, QObject::tr("Calibrate %1 heads").arg(chosen.size()));
}

std::optional<Wish> withRandomHeads(const Scene& scene)
{
    if (scene.chosen.empty())
        return std::nullopt;
    const std::size_t count = scene.chosen.size();
    Wish wish = withParameter(scene, "heads", fmt::format("random:{}", count),
                              QObject::tr("Calibrate %1 random heads").arg(count));
    if (headsOf(scene.wished).starts_with("random:"))
        wish.params.set("seed", 1 + wholeWithin(parameterNumber(scene.wished, "seed", 42), 0,
                                                std::int64_t{1} << 53)
                                        .value_or(42));
    return wish;
}

Wish withSinkToggled(const Scene& scene, std::int64_t token)
{
    auto on = sinkPlacesOf(scene.wished, "sinks_on"), off = sinkPlacesOf(scene.wished, "sinks_off");
    const SinkPlace place{scene.head, token};
    const TunedSink* sink = scene.sinkAt(token);
    const bool calibrated = sink && sink->applied;
    const bool byHand = on.erase(place) > 0, wasOff = off.erase(place) > 0;
    if (calibrated && !byHand)
        off.insert(place);
    else if (!calibrated && !wasOff)
        on.insert(place);
    Wish wish = withParameter(
        scene, "sinks_on", sinkPlacesText(on),
        (calibrated ? QObject::tr("Leave sink %1") : QObject::tr("Calibrate token %1"))
            .arg(scene.tokenName(token)));
    wish.params.set("sinks_off", sinkPlacesText(off));
    wish.token = token;
    return wish;
}

} // namespace vitrine::calibration_plugin
