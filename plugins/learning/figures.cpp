#include "plugins/learning/figures.h"

#include <cmath>

namespace vitrine::learning {

namespace {

double number(const Cell& cell)
{
    if (std::holds_alternative<double>(cell))
        return std::get<double>(cell);
    return std::holds_alternative<std::int64_t>(cell) ? static_cast<double>(std::get<std::int64_t>(cell))
                                                      : std::nan("");
}

figure::Series curve(const Table& table, const char* column, std::string name, int colour, figure::Line line)
{
    figure::Series series;
    series.name = std::move(name);
    series.colour = colour;
    series.line = line;
    const int x = table.column("tokens"), y = table.column(column);
    for (const auto& row : table.rows) {
        if (x < 0 || y < 0)
            break;
        series.x.push_back(number(row[static_cast<std::size_t>(x)]));
        series.y.push_back(number(row[static_cast<std::size_t>(y)]));
    }
    return series;
}

} // namespace

std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs)
{
    figure::Figure loss;
    loss.name = "loss";
    loss.title = "Loss while training";
    loss.caption = "Mean -ln P per token: solid on held-out text, dotted on the training text since the point before.";
    loss.altText = "Curves of training and held-out loss over tokens seen.";
    loss.x.label = "Tokens seen";
    loss.y.label = "Loss";
    loss.y.unit = "nat/token";
    int colour = 0;
    for (const RunRecord& run : runs) {
        const Table* table = run.result.table("epochs");
        if (!table || table->rows.empty())
            continue;
        const std::string name = run.number > 0 ? fmt::format("#{}", run.number) : "run";
        loss.series.push_back(curve(*table, "held_out_loss", name + " held out", colour % 6, figure::Line::solid));
        loss.series.push_back(curve(*table, "loss", name + " training", colour % 6, figure::Line::dot));
        loss.recipe.runs.push_back(run.uid);
        ++colour;
    }
    if (loss.series.empty())
        return {};
    loss.recipe.experiment = "learning.train";
    loss.recipe.figure = "loss";
    loss.recipe.state = "{}";
    return {loss};
}

} // namespace vitrine::learning
