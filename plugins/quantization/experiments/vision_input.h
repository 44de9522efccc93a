#pragma once

#include "core/jobs/experiment/params.h"
#include "core/jobs/experiment/run_result.h"
#include "core/picture/labelled_pictures.h"
#include "plugins/common/vision_model.h"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

// What the experiments on vision transformers have in common: a model, and pictures with classes.
namespace vitrine::quantization_plugin
{

// The model that the parameter `name` says (openVision). Input error where it has no head.
Result<OpenVision> openClassifier(const Params& params, const char* name);

// What answers to pictures: a vision transformer, or a folder of one in codes.
struct Classifier {
    std::string name;
    std::shared_ptr<const model::VisionCheckpoint> checkpoint;
    // Of a prepared picture. Any thread, several at once.
    std::function<Result<std::vector<float>>(std::span<const float> seen)> logits;
    std::vector<InputFile> inputs;
    std::vector<std::string> notes;
};
// Codes are judged in whole numbers alone where they can be, which `notes` say. Errors of
// openClassifier and quant::openCodedVision.
Result<Classifier> openClassifierOrCodes(const Params& params, const char* name);

// data, split, limit and packages.
std::vector<ParamSpec> pictureParams();

struct OpenPictures {
    std::shared_ptr<const LabelledPictures> pictures;
    std::int64_t count = 0; // as many as are used: the first ones
    std::vector<InputFile> inputs;
    std::vector<std::string> notes;
};
Result<OpenPictures> openPictures(const Params& params);

// calibration (how many) and calibration_data.
std::vector<ParamSpec> trainingParams();
// The first training pictures, of calibration_data or of the training split of `data`: what
// methods choose numbers on. Input error where they are the pictures that judge.
Result<OpenPictures> openTrainingPictures(const Params& params, const LabelledPictures& judging);

// The class of the model that each class of the data is: by its name where both have names, else
// the same number. Input error where the data has a class that the model does not; `notes` is told
// what was assumed.
Result<std::vector<std::int64_t>> classesFor(const LabelledPictures& pictures,
                                             const model::VisionCheckpoint& checkpoint,
                                             std::vector<std::string>& notes);

// What the model sees of a picture, prepared: its exact values where the model takes it pixel by
// pixel, else its bytes, resized. `leftOut` is told what of the picture was not read.
Result<std::vector<float>> seenBy(const model::VisionCheckpoint& checkpoint,
                                  const LabelledPictures& pictures, std::int64_t index,
                                  LeftOut& leftOut);
// Tells `notes` where exact values are rounded for this model.
Result<void> noteRounding(const model::VisionCheckpoint& checkpoint,
                          const LabelledPictures& pictures, std::vector<std::string>& notes);

} // namespace vitrine::quantization_plugin
