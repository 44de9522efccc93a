#include "plugins/learning/figures/figures.h"

#include "core/jobs/experiment/read_run.h"

namespace vitrine::learning_plugin
{

namespace
{

figure::Series curve(const RunRecord& run, const char* column, std::string name, int colour,
                     figure::Line line)
{
    figure::Series series;
    series.name = std::move(name);
    series.colour = colour;
    series.line = line;
    series.x = columnNumbers(run.result, "epochs", "tokens");
    series.y = columnNumbers(run.result, "epochs", column);
    return series;
}

} // namespace

std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs,
                                    const figure::RunPlaces& places)
{
    figure::Figure loss;
    loss.name = "loss";
    loss.title = "Loss while training";
    loss.caption = "Mean -ln P per token: solid on held-out text, dotted on the training text "
                   "since the point before.";
    loss.altText = "Curves of training and held-out loss over tokens seen.";
    loss.x.label = "Tokens seen";
    loss.y.label = "Loss";
    loss.y.unit = "nat/token";
    std::vector<const RunRecord*> trained;
    for (const RunRecord& run : runs)
        if (const Table* table = run.result.table("epochs"); table && !table->rows.empty())
            trained.push_back(&run);
    const auto looks =
        figure::runLooks(trained, places, [](const RunRecord* run) { return run->uid; });
    for (std::size_t i = 0; i < trained.size(); ++i) {
        const RunRecord& run = *trained[i];
        const std::string name = run.number > 0 ? fmt::format("#{}", run.number) : "run";
        loss.series.push_back(
            curve(run, "held_out_loss", name + " held out", looks[i].colour, looks[i].line));
        loss.series.push_back(
            curve(run, "loss", name + " training", looks[i].colour, figure::Line::dot));
        loss.recipe.runs.push_back(run.uid);
    }
    if (loss.series.empty())
        return {};
    loss.recipe.experiment = "learning.train";
    loss.recipe.figure = "loss";
    loss.recipe.state = figure::runPlacesText(places);
    return {loss};
}

} // namespace vitrine::learning_plugin
