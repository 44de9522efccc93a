#include "core/superres/blur/kernel_file.h"

#include "core/base/file.h"
#include "core/base/in_file.h"
#include "core/picture/picture.h"

#include <charconv>
#include <cmath>

namespace vitrine::superres
{
namespace
{

constexpr std::string_view kBetweenNumbers = " \t\r,";

// Adds the numbers of a line; how many there were.
Result<std::int64_t> addNumbers(std::string_view line, std::int64_t number,
                                std::vector<double>& values)
{
    std::int64_t count = 0;
    for (;;) {
        const std::size_t begin = line.find_first_not_of(kBetweenNumbers);
        if (begin == std::string_view::npos)
            return count;
        line.remove_prefix(begin);
        const std::size_t length = std::min(line.find_first_of(kBetweenNumbers), line.size());
        double value = 0;
        const auto parsed = std::from_chars(line.data(), line.data() + length, value);
        if (parsed.ec != std::errc() || parsed.ptr != line.data() + length || !std::isfinite(value))
            return inputError("line {} holds something that is no number, in place {}", number,
                              count + 1);
        if (++count > kLargestKernel)
            return inputError("line {} holds more than {} numbers", number, kLargestKernel);
        values.push_back(value);
        line.remove_prefix(length);
    }
}

// An error of the values is one of the file that they are from.
Result<BlurKernel> kernelOfFile(std::int64_t side, std::vector<double> values)
{
    auto kernel = blurKernel(side, std::move(values));
    if (!kernel)
        return inputError("{}", kernel.error().message);
    return kernel;
}

Result<BlurKernel> kernelOfPicture(const Picture& picture)
{
    if (picture.width != picture.height)
        return inputError("a kernel is square, this picture has {} x {} pixels", picture.width,
                          picture.height);
    if (picture.width > kLargestKernel)
        return inputError("a kernel has a side of at most {}, this picture {}", kLargestKernel,
                          picture.width);
    std::vector<double> values;
    const auto channels = static_cast<std::size_t>(picture.channels);
    for (std::size_t i = 0; i < picture.values.size(); i += channels) {
        for (std::size_t c = 1; c < channels; ++c)
            if (picture.values[i + c] != picture.values[i])
                return inputError("a kernel is a grey picture, this one has colours");
        values.push_back(picture.values[i]);
    }
    return kernelOfFile(picture.width, std::move(values));
}

} // namespace

Result<BlurKernel> kernelFromText(std::string_view text)
{
    if (text.size() > kMostKernelBytes)
        return inputError("the text is larger than {} KiB", kMostKernelBytes >> 10);
    std::vector<double> values;
    std::int64_t rows = 0, columns = 0, number = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        VITRINE_TRY(const std::int64_t count,
                    addNumbers(line.substr(0, line.find('#')), ++number, values));
        if (count == 0)
            continue;
        if (rows++ == 0)
            columns = count;
        if (count != columns)
            return inputError("line {} holds {} numbers, the first row {}", number, count, columns);
        if (rows > columns)
            return inputError("there are more rows than the {} numbers in each", columns);
    }
    if (rows == 0)
        return inputError("there is no number in the text");
    if (rows != columns)
        return inputError("a kernel is square, this text has {} rows of {} numbers", rows, columns);
    return kernelOfFile(columns, std::move(values));
}

Result<BlurKernel> readKernel(const std::filesystem::path& path)
{
    const std::string name = path.string();
    if (isPictureName(path)) {
        VITRINE_TRY(const Picture picture, readPicture(path));
        return inFile(name, kernelOfPicture(picture));
    }
    VITRINE_TRY(const std::string text, readFile(path, kMostKernelBytes));
    return inFile(name, kernelFromText(text));
}

Result<void> writeKernel(const BlurKernel& kernel, const std::filesystem::path& path)
{
    std::string text;
    for (std::int64_t y = 0; y < kernel.side; ++y)
        for (std::int64_t x = 0; x < kernel.side; ++x)
            text += fmt::format("{}{}", kernel.at(x, y), x + 1 < kernel.side ? ' ' : '\n');
    return writeFileAtomically(path, text);
}

} // namespace vitrine::superres
