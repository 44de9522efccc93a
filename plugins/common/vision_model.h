#pragma once

#include "core/jobs/experiment/params.h"
#include "core/jobs/experiment/progress.h"
#include "core/jobs/experiment/run_result.h"
#include "core/model/vision/vision_model.h"

#include <filesystem>
#include <string>
#include <vector>

// What the experiments on vision transformers of several rooms have in common.
namespace vitrine
{

struct OpenVision {
    std::string name; // as the run shows it: the folder's or file's name
    model::VisionModel model;
    std::vector<InputFile> inputs;
    std::vector<std::string> notes;

    // The name of a class, its number where the checkpoint does not name it.
    std::string className(std::int64_t label) const;
};
// The model that the parameter `name` says: a shipped one by its name, or a path. `progress`, where
// given, is told how far a large file is hashed.
Result<OpenVision> openVision(const Params& params, const char* name, Progress* progress = nullptr);

ParamSpec visionModelParam(const char* name, const char* label, const char* help);

// Whether what a person gives as a model, a name or a path, is a vision transformer.
bool namesVisionModel(const std::string& model);
// Whether it is there, and is none.
bool namesLanguageModel(const std::string& model);

} // namespace vitrine
