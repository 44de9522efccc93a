#pragma once

#include "core/quant/vision/coded_record.h"
#include "core/quant/vision/vision_codes.h"

#include <string>
#include <vector>

// Grids and requantizers in files of codes, written or read.
namespace vitrine::quant
{

// What a grid of a file may be.
struct GridLimits {
    int bits = 8;         // at most
    bool hasZero = false; // a code other than 0 may stand for 0
};

// A grid under `key`; shifts of channels are a tensor.
void describe(CodedRecord& record, const std::string& key, CodeGrid& grid, std::int64_t channels,
              GridLimits limits = {});

// Requantizers of `count` sums: real factors, or multipliers and shifts beside them.
void describe(CodedRecord& record, const std::string& key, std::vector<Rescale>& all,
              std::int64_t count);
void describe(CodedRecord& record, const std::string& key, Rescale& by);

// Sums of 32 bits as doubles.
bool isWholeSum(double x);

} // namespace vitrine::quant
