#pragma once

#include "core/jobs/experiment/run_result.h"
#include "core/quant/vision/vision_operations.h"
#include "plugins/quantization/experiments/vision_versions.h"

#include <string>
#include <vector>

// What `quantization.vision` says of its versions: experiments.md.
namespace vitrine::quantization_plugin
{

std::vector<Metric> visionMetrics(const JudgedPictures& judged, const quant::CodedVision& coded,
                                  const quant::OperationEnergies& energies);

// Each layer with weights or a grid of its own: bits, scales, size and how far its output is from
// the original's.
Table visionLayersTable(const quant::CodedVision& coded,
                        const std::vector<LayerDistance>& distances);
Table visionOperationsTable(const quant::CodedVision& coded,
                            const quant::OperationEnergies& energies);
Table inFloatTable(const quant::CodedVision& coded);
// Every picture with both answers; `className` names a class.
Table visionItemsTable(const JudgedPictures& judged, const LabelledPictures& pictures,
                       const std::function<std::string(std::int64_t)>& className);
// As the simulators read it.
std::string visionBitMapText(const quant::CodedVision& coded);

} // namespace vitrine::quantization_plugin
