#include "plugins/quantization/figures/coded_rungs.h"

#include "core/jobs/experiment/read_run.h"

#include <set>
#include <sstream>

namespace vitrine::quantization_plugin
{
namespace
{

std::set<std::string> stepNames(const std::string& steps)
{
    std::set<std::string> names;
    std::istringstream words(steps);
    for (std::string word; std::getline(words, word, ',');) {
        std::erase(word, ' ');
        if (!word.empty())
            names.insert(word);
    }
    return names;
}

// A checkpoint that has ShiftAddViT's layers already is judged as it is.
bool areStepsRead(const RunRecord& run)
{
    return parameterText(run.params, "method") != "shiftaddvit" ||
           parameterText(run.params, "original").empty();
}

std::map<std::string, std::string> withoutRung(const RunRecord& run)
{
    auto texts = paramTexts(run.params);
    for (const char* name : {"steps", "out"})
        texts.erase(name);
    return texts;
}

} // namespace

std::vector<quant::VisionTrick> ladderTricks(const quant::VisionMethod& method)
{
    std::vector<quant::VisionTrick> tricks = method.tricks;
    std::erase_if(tricks, &quant::VisionTrick::isOptional);
    return tricks;
}

std::vector<std::string> ladderSteps(const quant::VisionMethod& method)
{
    std::vector<std::string> all;
    std::string before;
    const auto tricks = ladderTricks(method);
    if (tricks.empty())
        return all;
    all.push_back("none");
    for (const quant::VisionTrick& trick : tricks) {
        before += (before.empty() ? "" : ",") + trick.name;
        all.push_back(before);
    }
    all.back() = "all";
    return all;
}

std::optional<std::size_t> rungOf(const RunRecord& run)
{
    const auto method = quant::findVisionMethod(parameterText(run.params, "method"));
    if (!method || !areStepsRead(run))
        return {};
    const auto rungs = ladderSteps(*method);
    const std::string steps = parameterText(run.params, "steps");
    std::set<std::string> every;
    for (const quant::VisionTrick& trick : ladderTricks(*method))
        every.insert(trick.name);
    for (std::size_t rung = 0; rung < rungs.size(); ++rung)
        if (steps == rungs[rung] ||
            (rung > 0 && rung + 1 < rungs.size() && stepNames(steps) == stepNames(rungs[rung])))
            return rung;
    return !every.empty() && stepNames(steps) == every ? std::optional(rungs.size() - 1)
                                                       : std::nullopt;
}

std::string rungName(const RunRecord& run)
{
    const auto method = quant::findVisionMethod(parameterText(run.params, "method"));
    const auto rung = rungOf(run);
    if (!method || !rung)
        return {};
    const auto tricks = ladderTricks(*method);
    if (*rung == tricks.size())
        return "all";
    if (*rung == 0)
        return "no steps";
    return (*rung > 1 ? "up to " : "") + tricks[*rung - 1].name;
}

bool areOfOneLadder(const RunRecord& a, const RunRecord& b)
{
    auto texts = withoutRung(a), others = withoutRung(b);
    texts.erase("activation_bits"), others.erase("activation_bits");
    return texts == others;
}

std::vector<std::map<std::string, std::string>> missingRungs(const RunRecord& run, const Runs& runs)
{
    const auto method = quant::findVisionMethod(parameterText(run.params, "method"));
    if (!method || !areStepsRead(run))
        return {};
    std::set<std::size_t> there;
    for (const RunRecord* other : runs)
        if (const auto rung = rungOf(*other); rung && withoutRung(run) == withoutRung(*other))
            there.insert(*rung);
    std::vector<std::map<std::string, std::string>> missing;
    const auto rungs = ladderSteps(*method);
    for (std::size_t rung = 0; rung < rungs.size(); ++rung)
        if (!there.contains(rung)) {
            missing.push_back(withoutRung(run));
            missing.back()["steps"] = rungs[rung];
        }
    return missing;
}

} // namespace vitrine::quantization_plugin
