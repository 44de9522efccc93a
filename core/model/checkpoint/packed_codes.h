#pragma once

#include "core/base/result.h"
#include "core/tensor/kernels/binary_codes.h"
#include "core/tensor/safetensors.h"

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace vitrine::model
{

// Matrices stored as binary codes among the tensors of a safetensors file (core/model/README.md,
// "Packed matrices"): NAME.codes with NAME.scales, NAME.terms, or NAME.steps and NAME.zeros, and in
// the metadata, under "vitrine.codes:NAME", what they are.

// Every packed matrix of a file, by name. The codes stay in the file and live as long as it does.
// Input error that names file and matrix where a tensor is missing, surplus, of another type or
// shape than the metadata says, or holds what no code can be.
Result<std::map<std::string, kernels::BinaryCodes>> readPackedCodes(const Safetensors& file);

// The names of the tensors that hold the matrix NAME.
std::vector<std::string> packedTensorNames(const std::string& name,
                                           const kernels::BinaryCodes& codes);

// Gathers what a file with packed matrices is made of.
class PackedWriter
{
public:
    // The codes are read when the file is written; they are checked.
    Result<void> add(const std::string& name, const kernels::BinaryCodes& codes);
    void add(NamedTensor tensor) { tensors_.push_back(std::move(tensor)); }

    // Tensors and metadata for writeSafetensors, valid while the writer and what was added live.
    const std::vector<NamedTensor>& tensors() const { return tensors_; }
    const std::map<std::string, std::string>& metadata() const { return metadata_; }

private:
    void addBytes(const std::string& name, std::vector<std::int64_t> shape,
                  std::vector<std::uint8_t> bytes);
    void addHalves(const std::string& name, std::vector<std::int64_t> shape,
                   std::span<const float> values);

    std::vector<NamedTensor> tensors_;
    std::map<std::string, std::string> metadata_;
    std::deque<std::vector<std::uint8_t>> kept_; // what tensors_ point to
};

} // namespace vitrine::model
