#pragma once

#include "core/jobs/experiment/run_result.h"
#include "core/model/vision/classification.h"
#include "plugins/quantization/experiments/vision_input.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace vitrine::quantization_plugin
{

// What one or two models answered to the same pictures.
struct JudgedAnswers {
    const LabelledPictures& pictures;
    const std::vector<std::vector<model::Classified>>& answers; // [model][picture]
    std::function<std::string(std::size_t model, std::int64_t label)> className;
};

// Writes some pictures into the folder, each once, as artifacts of the run, and names them in
// tables: "worst", the answers that are furthest from the truth; "examples", a few of each
// confusion; of two models "differing", where one alone is right.
Result<void> keepPictures(const JudgedAnswers& judged, const std::filesystem::path& folder,
                          RunResult& out);

} // namespace vitrine::quantization_plugin
