#pragma once

#include "core/superres/blur/blur_kernel.h"

#include <filesystem>
#include <string_view>

// Kernels as files: rows of numbers, as many rows as numbers in a row, separated by blanks, tabs or
// commas; empty lines and what follows # are left out. Or a grey picture, each pixel a weight.
// Divided by their sum.
namespace vitrine::superres
{

// Input error for anything else, with its line; for more than kMostKernelBytes.
Result<BlurKernel> kernelFromText(std::string_view text);
inline constexpr std::uint64_t kMostKernelBytes = 1 << 20;

// A picture by its name (isPictureName), else text.
Result<BlurKernel> readKernel(const std::filesystem::path& path);

// As text, with all digits: what is read is what was written, but for the last digit.
Result<void> writeKernel(const BlurKernel& kernel, const std::filesystem::path& path);

} // namespace vitrine::superres
