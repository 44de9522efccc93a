#include "plugins/quantization/experiments/kept_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace vitrine::quantization_plugin
{
namespace
{

using model::Classified;

// Pictures kept: the worst answers, of each cell off the diagonal and of all cells together, and of
// each way in which two models differ.
constexpr std::size_t kWorst = 24, kOfCell = 4, kOfCells = 120, kDiffering = 12;

class KeptPictures
{
public:
    KeptPictures(const JudgedAnswers& judged, const std::filesystem::path& folder, RunResult& out)
        : judged_(judged), folder_(folder), out_(out)
    {
    }

    Result<void> keepWorst();
    Result<void> keepOfCells();
    Result<void> keepDiffering();

private:
    std::vector<std::size_t> leastLikely(const std::function<bool(std::size_t)>& isWanted) const;
    Result<std::string> keep(std::size_t picture, const std::string& name);
    Result<void> keepAll(Table table, const std::vector<std::size_t>& pictures,
                         const std::string& name);
    Table keptTable(const char* name) const;

    const JudgedAnswers& judged_;
    const std::filesystem::path& folder_;
    RunResult& out_;
    std::map<std::size_t, std::string> kept_; // file of each picture that is
};

// Places of pictures, those whose class seemed least likely to the first model before others.
std::vector<std::size_t>
KeptPictures::leastLikely(const std::function<bool(std::size_t)>& isWanted) const
{
    std::vector<std::size_t> order(judged_.answers[0].size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::erase_if(order, [&](std::size_t i) { return !isWanted(i); });
    std::ranges::stable_sort(order, {},
                             [&](std::size_t i) { return judged_.answers[0][i].ofLabel; });
    return order;
}

// The file of a picture: under this name, where it is not kept yet.
Result<std::string> KeptPictures::keep(std::size_t picture, const std::string& name)
{
    std::string& file = kept_[picture];
    if (!file.empty())
        return file;
    file = name;
    VITRINE_TRY(const Picture read, judged_.pictures.picture(static_cast<std::int64_t>(picture)));
    Artifact artifact;
    artifact.name = file;
    artifact.kind = "image";
    artifact.path = folder_ / file;
    VITRINE_CHECK(writePicture(read, artifact.path));
    out_.artifacts.push_back(std::move(artifact));
    return file;
}

Table KeptPictures::keptTable(const char* name) const
{
    Table table{name,
                {{"file", "", {}, "The picture, kept with the run"},
                 {"picture", "", {}, "Its name"},
                 {"label", "", {}, "The class it is"},
                 {"answer", "", {}, "What the model called it"},
                 {"probability", "1", {}, "Of the answer"},
                 {"of_label", "1", {}, "Probability of the class it is"}},
                {}};
    if (judged_.answers.size() > 1)
        table.columns.push_back({"answer_second", "", {}, "Of the second model"});
    return table;
}

Result<void> KeptPictures::keepAll(Table table, const std::vector<std::size_t>& pictures,
                                   const std::string& name)
{
    const auto digits = std::max<std::size_t>(2, std::to_string(pictures.size()).size());
    for (const std::size_t i : pictures) {
        VITRINE_TRY(std::string file,
                    keep(i, fmt::format("{}-{:0{}}.png", name, table.rows.size() + 1, digits)));
        const Classified& a = judged_.answers[0][i];
        std::vector<Cell> row = {std::move(file),
                                 judged_.pictures.name(static_cast<std::int64_t>(i)),
                                 judged_.className(0, a.label),
                                 judged_.className(0, a.best),
                                 static_cast<double>(a.probability),
                                 static_cast<double>(a.ofLabel)};
        if (judged_.answers.size() > 1)
            row.push_back(judged_.className(1, judged_.answers[1][i].best));
        table.rows.push_back(std::move(row));
    }
    out_.tables.push_back(std::move(table));
    return {};
}

Result<void> KeptPictures::keepWorst()
{
    auto worst = leastLikely([&](std::size_t i) { return !judged_.answers[0][i].isRight(); });
    worst.resize(std::min(worst.size(), kWorst));
    return keepAll(keptTable("worst"), worst, "worst");
}

// A few of each cell off the diagonal, one after the other so that rare ones have theirs too;
// frequent ones come first.
Result<void> KeptPictures::keepOfCells()
{
    using Place = std::pair<std::int64_t, std::int64_t>;
    std::map<Place, std::vector<std::size_t>> cells;
    for (const std::size_t i :
         leastLikely([&](std::size_t i) { return !judged_.answers[0][i].isRight(); }))
        cells[{judged_.answers[0][i].label, judged_.answers[0][i].best}].push_back(i);
    std::vector<const std::vector<std::size_t>*> order;
    for (const auto& [place, pictures] : cells)
        order.push_back(&pictures);
    std::ranges::stable_sort(order, std::ranges::greater{},
                             [](const auto* c) { return c->size(); });
    std::vector<std::size_t> chosen;
    for (std::size_t round = 0; round < kOfCell; ++round)
        for (const auto* pictures : order)
            if (round < pictures->size() && chosen.size() < kOfCells)
                chosen.push_back((*pictures)[round]);
    return keepAll(keptTable("examples"), chosen, "example");
}

// Where one model alone is right: the first, then the second.
Result<void> KeptPictures::keepDiffering()
{
    std::vector<std::size_t> chosen;
    for (const bool isFirstRight : {true, false}) {
        auto some = leastLikely([&](std::size_t i) {
            return judged_.answers[0][i].isRight() == isFirstRight &&
                   judged_.answers[1][i].isRight() != isFirstRight;
        });
        some.resize(std::min(some.size(), kDiffering));
        chosen.insert(chosen.end(), some.begin(), some.end());
    }
    return keepAll(keptTable("differing"), chosen, "differing");
}

} // namespace

Result<void> keepPictures(const JudgedAnswers& judged, const std::filesystem::path& folder,
                          RunResult& out)
{
    KeptPictures kept(judged, folder, out);
    VITRINE_CHECK(kept.keepWorst());
    VITRINE_CHECK(kept.keepOfCells());
    if (judged.answers.size() > 1)
        VITRINE_CHECK(kept.keepDiffering());
    return {};
}

} // namespace vitrine::quantization_plugin
