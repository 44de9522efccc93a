#pragma once

#include "core/jobs/experiment/params.h"
#include "core/jobs/experiment/run_result.h"
#include "core/quant/vision/vision_method.h"
#include "core/quant/vision/vision_operations.h"
#include "plugins/quantization/experiments/vision_versions.h"

#include <span>
#include <vector>

// Methods of `quantization.vision` that change what a network computes, in floating point: ViTALiTy
// and ShiftAddViT.
namespace vitrine::quantization_plugin
{

// original, sparse_threshold.
std::vector<ParamSpec> reworkParams();
// Argument error for what a method that gives no codes cannot do (out, mixed), and for an original
// where there are codes.
Result<void> checkReworkParams(const quant::VisionMethod& method, const Params& params);

// The changed network and what it is compared with: the original that is named, else the one that
// the method says. Input error where neither is there, and where a named one sees pictures
// otherwise or has other classes. `pictures` are training pictures, prepared. `out` is told inputs
// and notes.
Result<VisionVersions> openRework(const quant::VisionMethod& method,
                                  const quant::VisionQuantSettings& settings,
                                  const OpenVision& opened, const Params& params,
                                  std::span<const std::vector<float>> pictures, RunResult& out);

// Metrics and the tables layers, operations, in_float, and where there are such parts
// attention_cost and sparse_density (ViTALiTy) and experts (ShiftAddViT's mixtures). `pictures`
// are training pictures.
Result<void> addReworked(const VisionVersions& versions, const JudgedPictures& judged,
                         std::span<const std::vector<float>> pictures,
                         const quant::OperationEnergies& energies, RunResult& out);

} // namespace vitrine::quantization_plugin
