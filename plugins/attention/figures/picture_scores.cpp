#include "plugins/attention/figures/picture_scores.h"

#include <algorithm>
#include <cmath>

namespace vitrine::attention_plugin
{
namespace
{

constexpr std::array<const char*, 6> kScoreNames = {"distance",  "class_mass",    "entropy",
                                                    "sink_mass", "register_mass", "taylor_error"};

double numberAt(const Table& table, const std::vector<Cell>& row, const char* column)
{
    const int place = table.column(column);
    if (place < 0)
        return std::nan("");
    const Cell& cell = row[static_cast<std::size_t>(place)];
    if (const double* real = std::get_if<double>(&cell))
        return *real;
    if (const auto* whole = std::get_if<std::int64_t>(&cell))
        return static_cast<double>(*whole);
    return std::nan("");
}

} // namespace

std::string pictureScoreName(PictureScore score)
{
    return kScoreNames[static_cast<std::size_t>(score)];
}

PictureScore pictureScoreNamed(std::string_view name)
{
    const auto found = std::ranges::find(kScoreNames, name);
    return found == kScoreNames.end()
               ? kPictureScores.front()
               : kPictureScores[static_cast<std::size_t>(found - kScoreNames.begin())];
}

std::string pictureScoreLabel(PictureScore score)
{
    static const std::array<std::string, 6> labels = {
        "Distance", "Class-token mass", "Entropy", "Sink mass", "Register mass", "Taylor error"};
    return labels[static_cast<std::size_t>(score)];
}

std::string pictureScoreHelp(PictureScore score)
{
    static const std::array<std::string, 6> help = {
        "Mean over patches of the distance to the patches that they look at, by weight, in pixels "
        "of the picture as the network sees it (Dosovitskiy et al. 2021, figure 7).",
        "Mean weight that other tokens give to the class token. 0 to 1.",
        "Mean over queries of −Σⱼ A[i,j] ln A[i,j], in nat. Low: the head looks at few tokens.",
        "Mean weight that all tokens give to keys above α / keys together. 0 to 1.",
        "Mean weight that all tokens give to registers together. 0 to 1.",
        "‖A′V − AV‖ / ‖AV‖ of first-order Taylor attention on the same queries, keys and values "
        "(ViTALiTy). 0: nothing is lost."};
    return help[static_cast<std::size_t>(score)];
}

std::vector<PictureScored> pictureScores(const RunRecord& run, PictureScore score)
{
    std::vector<PictureScored> scored;
    const bool isError = score == PictureScore::taylorError;
    const Table* table = run.result.table(isError ? "standins" : "heads");
    if (!table)
        return scored;
    const std::string column = isError ? "output_error" : pictureScoreName(score);
    const int kind = table->column("attention");
    for (const auto& row : table->rows) {
        if (isError &&
            (kind < 0 || row[static_cast<std::size_t>(kind)] != Cell(std::string("taylor"))))
            continue;
        const double layer = numberAt(*table, row, "layer"), head = numberAt(*table, row, "head");
        if (layer >= 0 && head >= 0)
            scored.push_back({static_cast<std::int64_t>(layer), static_cast<std::int64_t>(head),
                              numberAt(*table, row, column.c_str())});
    }
    return scored;
}

} // namespace vitrine::attention_plugin
