#include "core/base/json.h"
#include "core/jobs/experiment/run_label.h"
#include "plugins/attention/figures/state.h"
#include "plugins/common/head_figures.h"
#include "plugins/common/map_figures.h"

namespace vitrine::attention_plugin
{

figure::Figure attentionMap(const FigureRun& run, const Json& json)
{
    const attention::Capture& capture = *run.capture;
    const State state = readState(json, *run.run);
    const ScoredHead head = chosenHead({run}, state);
    auto [figure, note] = mapFigure("attention-map", "Attention map · " + headLabel(head.id),
                                    capture, head.layerIndex, head.id.head, state.look);
    figure.caption =
        fmt::format("Weight that each query (row) gives to each key (column), {}, {}.{}",
                    headLabel(head.id), runLabel(*run.run), note);
    figure.altText = fmt::format("Lower triangular heat map of {} tokens, {}.", capture.tokens(),
                                 headLabel(head.id));
    figure.recipe = recipeOf({run}, figure.name, json);
    return figure;
}

Result<figure::Figure> attentionDifference(const FigureRun& first, const FigureRun& second,
                                           const Json& json)
{
    const State state = readState(json, *first.run);
    const LayerHead head = chosenHead({first, second}, state).id;
    VITRINE_TRY(auto made, differenceFigure("attention-difference",
                                            "Difference of attention maps · " + headLabel(head),
                                            *first.capture, *second.capture, head, state.look));
    figure::Figure figure = std::move(made.figure);
    figure.caption = fmt::format("{} less {}, {}.{}", runLabel(*second.run), runLabel(*first.run),
                                 headLabel(head), made.note);
    figure.altText = fmt::format("Heat map of the difference of two attention maps of {} tokens.",
                                 first.capture->tokens());
    figure.recipe = recipeOf({first, second}, figure.name, json);
    return figure;
}

} // namespace vitrine::attention_plugin
