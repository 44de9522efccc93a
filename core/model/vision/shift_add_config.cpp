#include "core/model/vision/shift_add_config.h"

#include "core/model/vision/vision_reader.h"

#include <array>

namespace vitrine::model
{
namespace
{

constexpr std::array kForms = {LinearForm::multiply, LinearForm::shift, LinearForm::mixture};
constexpr std::int64_t kLowestExponent = -31;

std::optional<LinearForm> linearForm(VisionReader& reader, const char* key)
{
    const std::string text = reader.fields.text(key);
    if (text.empty())
        return {};
    for (const LinearForm form : kForms)
        if (text == linearFormName(form))
            return form;
    reader.fields.refuse("{} is \"{}\"; \"multiply\", \"shift\" and \"mixture\" are supported",
                         reader.quoted(key), printable(text));
    return {};
}

void onlyText(VisionReader& reader, const char* key, const char* supported)
{
    const std::string text = reader.fields.text(key);
    if (!text.empty() && text != supported)
        reader.fields.refuse("{} is \"{}\"; \"{}\" is supported", reader.quoted(key),
                             printable(text), supported);
}

} // namespace

const char* linearFormName(LinearForm form)
{
    static constexpr std::array kNames = {"multiply", "shift", "mixture"};
    return kNames[static_cast<std::size_t>(form)];
}

void readShiftAdd(VisionReader& reader, ShiftAddConfig& config)
{
    if (reader.fields.text("family") != "shiftaddvit")
        return;
    onlyText(reader, "attention", "binary");
    onlyText(reader, "code_threshold", "picture mean");
    config.softmaxBlocks = reader.size({"softmax_blocks"}, 1000);
    config.attentionLinears = linearForm(reader, "attention_linears");
    config.mlpLinears = linearForm(reader, "mlp_linears");
    if (reader.fields.find("lowest_exponent"))
        config.lowestExponent = reader.fields.integer("lowest_exponent", kLowestExponent, 0, {});
    config.latencies = reader.reals("expert_latencies");
    if (!config.latencies.empty() &&
        (config.latencies.size() != 2 || config.latencies[0] <= 0 || config.latencies[1] <= 0))
        reader.fields.refuse("\"expert_latencies\" are to be two positive numbers: of the expert "
                             "that multiplies and of the one that shifts");
}

} // namespace vitrine::model
