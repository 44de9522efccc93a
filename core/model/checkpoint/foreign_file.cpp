#include "core/model/checkpoint/foreign_file.h"

#include <fstream>
#include <string>

namespace vitrine::model
{
namespace
{

namespace fs = std::filesystem;

std::string firstBytes(const fs::path& path)
{
    std::string bytes(4, '\0');
    std::ifstream(path, std::ios::binary).read(bytes.data(), 4);
    return bytes;
}

bool isPickle(const fs::path& path)
{
    const std::string start = firstBytes(path);
    const bool archive = start == "PK\x03\x04"; // torch.save writes a zip of pickles
    const bool bare = start[0] == '\x80' && start[1] >= 2 && start[1] <= 5 &&
                      start[2] != 0; // zero: llama2.c's width of 640
    return path.extension() == ".pt" || path.extension() == ".pth" || path.extension() == ".ckpt" ||
           archive || bare;
}

} // namespace

Result<void> refuseMissing(const fs::path& path)
{
    std::error_code ignored;
    if (!fs::exists(path, ignored))
        return inputError("cannot open {}: there is no such file or folder", path.string());
    return {};
}

Result<void> refuseForeignFile(const fs::path& path)
{
    if (!fs::is_regular_file(path))
        return inputError("cannot open {}: it is neither a folder nor a regular file",
                          path.string());
    if (isPickle(path))
        return inputError("cannot open {}: it is a pickle, which may run code when opened; convert "
                          "it to safetensors "
                          "(save_pretrained with safe_serialization=True)",
                          path.string());
    if (firstBytes(path) == "GGUF")
        return inputError("cannot open {}: GGUF files are not supported; open the Hugging Face "
                          "folder it was made from",
                          path.string());
    return {};
}

} // namespace vitrine::model
