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
// Of any two versions: what visionMetrics and visionOperationsTable have of both, and the columns
// of `layers`.
std::vector<Metric> comparedMetrics(const JudgedPictures& judged,
                                    const std::vector<quant::LayerOperations>& before,
                                    const std::vector<quant::LayerOperations>& after,
                                    const quant::OperationEnergies& energies);
Table comparedOperations(quant::LayerOperations before, quant::LayerOperations after,
                         const quant::OperationEnergies& energies);
Table emptyLayersTable();
Table inFloatTable(const quant::CodedVision& coded);
// Every picture with both answers; `className` names a class.
Table visionItemsTable(const JudgedPictures& judged, const LabelledPictures& pictures,
                       const std::function<std::string(std::int64_t)>& className);
// As the simulators read it.
std::string visionBitMapText(const quant::CodedVision& coded);

} // namespace vitrine::quantization_plugin
