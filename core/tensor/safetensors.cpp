#include "core/tensor/safetensors.h"

#include "core/tensor/printable.h"

namespace vitrine
{

Result<Safetensors> Safetensors::open(const std::filesystem::path& path)
{
    Safetensors opened;
    opened.path_ = path;
    VITRINE_TRY(opened.file_, MappedFile::open(path));
    const auto bytes = opened.file_.bytes();
    VITRINE_TRY(SafetensorsHeader header,
                parseSafetensorsHeader(bytes, bytes.size(), path.filename().string()));
    opened.dataStart_ = header.dataStart;
    opened.entries_ = std::move(header.entries);
    opened.metadata_ = std::move(header.metadata);
    return opened;
}

Result<TensorView> Safetensors::tensor(const std::string& name) const
{
    const auto found = entries_.find(name);
    if (found == entries_.end())
        return inputError("{} holds no tensor \"{}\"", path_.filename().string(), printable(name));
    const TensorEntry& entry = found->second;
    return TensorView{entry.type, entry.shape,
                      file_.bytes().subspan(dataStart_ + entry.begin, entry.end - entry.begin)};
}

} // namespace vitrine
