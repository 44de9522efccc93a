#pragma once

#include "core/base/json.h"
#include "core/model/network/network.h"

#include <filesystem>
#include <fstream>

namespace vitrine::tests
{

// A safetensors file with all tensors of a network, of zeros that take no room on disk: for what
// only looks at shapes.
inline void writeEmptyCheckpoint(const model::Network& network, const std::filesystem::path& path)
{
    Json header = Json::object();
    std::int64_t end = 0;
    for (const auto& [name, shape, use] : model::tensorsOf(network)) {
        if (use == model::TensorUse::unused)
            continue;
        const std::int64_t begin = end;
        end += 2 * *elementCount(shape);
        header[name] = {{"dtype", "F16"}, {"shape", shape}, {"data_offsets", {begin, end}}};
    }
    const std::string text = header.dump();
    const std::uint64_t length = text.size();
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(&length), sizeof length)
        .write(text.data(), static_cast<std::streamsize>(text.size()));
    std::filesystem::resize_file(path, sizeof length + length + static_cast<std::uint64_t>(end));
}

} // namespace vitrine::tests
