#include "plugins/quantization/experiments/params.h"

#include "core/base/format.h"
#include "core/quant/gguf_export.h"
#include "plugins/common/experiment_input.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr const char* kMethod = "Method"; // group of parameters
constexpr std::string_view kBudget = "budget:";
constexpr double kLeastBudget = 2, kMostBudget = 4;

ParamSpec methodSpec(const char* name, const char* label, ParamType type, const char* help)
{
    ParamSpec spec;
    spec.name = name, spec.label = label, spec.type = type, spec.help = help;
    spec.group = kMethod;
    return spec;
}

ParamSpec switchOfMethod(const char* name, const char* label, bool fallback, const char* help)
{
    ParamSpec spec = methodSpec(name, label, ParamType::boolean, help);
    spec.fallback = ParamValue(fallback);
    return spec;
}

ParamSpec methodChoice()
{
    ParamSpec spec = choiceParam(
        "method", "Method", kMethod, "How weights are rounded",
        {{"rtn", "round to nearest", "Each weight to the nearest of evenly spaced values"},
         {"optq", "OPTQ (GPTQ)",
          "The same values, and the errors of each input are made up for by "
          "the inputs after it"},
         {"bcq", "binary coding",
          "Planes of -1 and +1 with scales, fitted to the weights by turns"},
         {"shiftadd", "ShiftAddLLM",
          "Planes with scales of powers of two, and errors made up for"}});
    spec.fallback = ParamValue(std::string("shiftadd"));
    return spec;
}

ParamSpec layoutChoice(const quant::Quantizer& quantizer)
{
    const std::vector<ParamChoice> all = {
        {"row", "rows", "Weights of one output"},
        {"column", "columns", "Weights of one input: ShiftAddLLM's accuracy mode"},
        {"block", "blocks", "Eight inputs and an eighth of the outputs: its latency mode"}};
    std::vector<ParamChoice> possible;
    for (const ParamChoice& choice : all)
        for (const quant::Layout layout : quantizer.layouts)
            if (choice.value == quant::layoutName(layout))
                possible.push_back(choice);
    ParamSpec spec =
        choiceParam("layout", "Layout", kMethod, "Which weights share scales", std::move(possible));
    const bool hasBlocks =
        std::ranges::find(quantizer.layouts, quant::Layout::block) != quantizer.layouts.end();
    spec.fallback = ParamValue(std::string(hasBlocks && quantizer.compensates ? "block" : "row"));
    return spec;
}

std::string chosenText(const Params& chosen, const char* name, const char* fallback)
{
    return chosen.has(name) ? chosen.text(name) : fallback;
}

quant::Layout layoutOf(const std::string& name)
{
    return name == "row"      ? quant::Layout::row
           : name == "column" ? quant::Layout::column
                              : quant::Layout::block;
}

bool isGgufName(const std::string& out)
{
    std::string ending = std::filesystem::path(out).extension().string();
    std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
    return ending == ".gguf";
}

} // namespace

Result<BitsWish> parseBits(std::string_view text)
{
    if (text.starts_with(kBudget)) {
        const auto budget = parseReal(text.substr(kBudget.size()));
        if (!budget || !(*budget >= kLeastBudget && *budget <= kMostBudget))
            return argumentError("bits: \"{}\" is no budget; budget:{} to budget:{} expected, as "
                                 "in budget:2.5",
                                 text, kLeastBudget, kMostBudget);
        return BitsWish{.uniform = 0, .budget = *budget};
    }
    const auto bits = parseReal(text);
    if (!bits || !(*bits >= 1 && *bits <= 8) || *bits != static_cast<int>(*bits))
        return argumentError("bits: \"{}\" is neither a whole number from 1 to 8 nor a budget, as "
                             "in budget:2.5",
                             text);
    return BitsWish{.uniform = static_cast<int>(*bits), .budget = {}};
}

std::vector<ParamSpec> methodParams(const Params& chosen)
{
    std::vector<ParamSpec> specs = {methodChoice()};
    const auto quantizer = quant::findQuantizer(chosenText(chosen, "method", "shiftadd"));
    if (!quantizer)
        return specs;
    specs.push_back(layoutChoice(*quantizer));
    ParamSpec bits = methodSpec("bits", "Bits", ParamType::text,
                                "Of each weight, without its scales: a whole number, or budget:2.5 "
                                "for layers of 2, 3 and 4 bits with that mean");
    bits.fallback = ParamValue(std::string("3"));
    bits.check = [](const std::string& text) -> Result<void> {
        VITRINE_CHECK(parseBits(text));
        return {};
    };
    specs.push_back(bits);
    if (const auto wish = parseBits(chosenText(chosen, "bits", "3")); wish && wish->budget) {
        specs.push_back(choiceParam(
            "costs", "Harm is", kMethod, "What the bits of a layer are weighed by",
            {{"divergence", "how far next tokens move",
              "KL divergence of the next token when the layer alone has 2, 3 or 4 bits, on four "
              "windows of the calibration text"},
             {"measured", "lost energy of the outputs",
              "Output error of each layer at 2, 3 and 4 bits"},
             {"importance", "estimated",
              "ShiftAddLLM's importance times the mean squared error of the weights"}}));
    }
    specs.push_back(numberParam("group", "Group", kMethod,
                                "Weights that share scales; 0: a whole row or column, a block "
                                "of 8 inputs and an eighth of the outputs",
                                0, 65536, std::int64_t{0}));
    if (quantizer->hasGrid) {
        specs.push_back(switchOfMethod("symmetric", "Symmetric", true,
                                       "Values around 0; otherwise each group has a zero point"));
    } else {
        specs.push_back(numberParam(
            "terms", "Powers of two", kMethod,
            "In a scale, so that it shifts and adds; 0: a half-precision number that multiplies", 0,
            4, std::int64_t{quantizer->compensates ? 3 : 0}));
        specs.push_back(numberParam("rounds", "Rounds", kMethod,
                                    "Alternating fits of scales and codes", 0, 1000,
                                    std::int64_t{15}));
    }
    if (quantizer->compensates) {
        specs.push_back(switchOfMethod("compensate", "Make up for errors", true,
                                       "Inputs that are still to come take over the error of those "
                                       "that are rounded (OPTQ)"));
        specs.push_back(switchOfMethod("ordering", "Largest inputs first", true,
                                       "Inputs with large activations are rounded first, while "
                                       "many are left to make up for them"));
        specs.push_back(numberParam("damping", "Damping", kMethod,
                                    "Of the Hessian, as a share of its mean diagonal", 0, 1, 0.01));
        specs.back().advanced = true;
    }
    if (quantizer->compensates && !quantizer->hasGrid &&
        chosenText(chosen, "layout", "block") == "column") {
        specs.push_back(switchOfMethod(
            "incoherence", "Rotate", false,
            "Random rotations before, undone after: an accuracy study, whose weights are dense"));
        specs.back().advanced = true;
    }
    return specs;
}

Result<MethodWish> readMethod(const Params& params)
{
    MethodWish wish;
    VITRINE_TRY(wish.quantizer, quant::findQuantizer(params.text("method")));
    VITRINE_TRY(wish.bits, parseBits(params.text("bits")));
    quant::QuantSettings& s = wish.settings;
    s.layout = layoutOf(params.text("layout"));
    s.bits = wish.bits.budget ? 2 : wish.bits.uniform;
    s.group = params.integer("group");
    s.seed = static_cast<std::uint64_t>(params.integer("seed"));
    if (params.has("symmetric"))
        s.symmetric = params.boolean("symmetric");
    if (params.has("terms"))
        s.terms = static_cast<int>(params.integer("terms"));
    if (params.has("rounds"))
        s.rounds = static_cast<int>(params.integer("rounds"));
    if (params.has("compensate"))
        s.compensate = params.boolean("compensate");
    if (params.has("ordering"))
        s.ordering = params.boolean("ordering") && quant::usesCompensation(wish.quantizer, s);
    if (params.has("damping"))
        s.damping = params.real("damping");
    if (params.has("incoherence"))
        s.incoherence = params.boolean("incoherence");
    if (params.has("costs"))
        wish.costs = params.text("costs");
    VITRINE_CHECK(quant::checkSettings(wish.quantizer, s));
    return wish;
}

bool isGguf(const Params& params)
{
    return params.has("out") && isGgufName(params.text("out"));
}

Result<void> checkOutText(const Params& chosen, const std::string& out)
{
    if (!isGgufName(out))
        return {};
    std::error_code ignored;
    if (std::filesystem::is_directory(out, ignored))
        return argumentError("out: {} is a folder, no GGUF file", out);
    VITRINE_TRY(const auto quantizer,
                quant::findQuantizer(chosenText(chosen, "method", "shiftadd")));
    VITRINE_TRY(const BitsWish bits, parseBits(chosenText(chosen, "bits", "3")));
    quant::QuantSettings settings;
    settings.layout = layoutOf(chosenText(chosen, "layout", "row"));
    settings.bits = bits.uniform; // 0 of a budget
    settings.group = chosen.has("group") ? chosen.integer("group") : 0;
    settings.symmetric = !chosen.has("symmetric") || chosen.boolean("symmetric");
    const auto checked = quant::checkGguf(quantizer, settings);
    return checked ? checked : argumentError("out: {}", checked.error().message);
}

std::string methodName(const Params& params)
{
    const auto quantizer = quant::findQuantizer(params.text("method"));
    std::string name = quantizer ? quantizer->title : params.text("method");
    const std::string layout = params.text("layout");
    if (layout != "row" || params.text("method") == "bcq")
        name += layout == "row" ? ", rows" : layout == "column" ? ", columns" : ", blocks";
    if (params.has("incoherence") && params.boolean("incoherence"))
        name += ", rotated";
    const auto wish = parseBits(params.text("bits"));
    if (wish && wish->budget)
        return fmt::format("{}, {:g} bits on average", name, *wish->budget);
    return fmt::format("{}, {} bits", name, params.text("bits"));
}

} // namespace vitrine::quantization_plugin
