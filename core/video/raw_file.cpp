#include "core/video/raw_file.h"

#include "core/base/regular_file.h"

#include <cassert>
#include <limits>

namespace vitrine::video
{
namespace
{

class RawSource : public FrameSource
{
public:
    RawSource(std::filesystem::path path, std::ifstream file, const RawLayout& layout,
              SourceInfo info, std::uint64_t frameBytes)
        : path_(std::move(path)),
          file_(std::move(file)),
          layout_(layout),
          info_(std::move(info)),
          frameBytes_(frameBytes)
    {
    }

    const SourceInfo& info() const override { return info_; }

    Result<Frame> read(std::int64_t index) override
    {
        assert(index >= 0 && index < info_.frames);
        std::vector<std::byte> bytes(frameBytes_);
        file_.clear();
        file_.seekg(static_cast<std::streamoff>(static_cast<std::uint64_t>(index) * frameBytes_));
        file_.read(reinterpret_cast<char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
        if (!file_)
            return inputError("cannot read {}: frame {} ends early", path_.string(), index);
        auto frame = unpackRaw(layout_, bytes);
        if (!frame)
            return inputError("cannot read {}: frame {}: {}", path_.string(), index,
                              frame.error().message);
        return frame;
    }

private:
    std::filesystem::path path_;
    std::ifstream file_;
    RawLayout layout_;
    SourceInfo info_;
    std::uint64_t frameBytes_;
};

} // namespace

Result<std::unique_ptr<FrameSource>> openRaw(const std::filesystem::path& path,
                                             const RawLayout& layout, const std::string& origin)
{
    VITRINE_TRY(const std::uint64_t each, rawFrameBytes(layout));
    VITRINE_TRY(const RegularFile regular, RegularFile::open(path)); // a pipe would keep us waiting
    const std::uint64_t size = regular.size();
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return inputError("cannot read {}", path.string());
    if (size < each)
        return inputError("cannot read {}: it has {} bytes, one frame of {} at {}x{} has {}: "
                          "another size or format is needed",
                          path.string(), size, rawFormatName(layout), layout.width, layout.height,
                          each);
    SourceInfo info;
    info.width = layout.width;
    info.height = layout.height;
    info.format = layout.format;
    info.colour = layout.colour;
    info.frames = static_cast<std::int64_t>(size / each);
    info.framesPerSecond = layout.framesPerSecond;
    info.container = "raw";
    info.codec = "rawvideo";
    info.notes.push_back(fmt::format("{}: read as raw {} at {}x{}{}.", path.filename().string(),
                                     rawFormatName(layout), layout.width, layout.height,
                                     origin.empty() ? "" : " (" + origin + ")"));
    if (size % each != 0)
        info.notes.push_back(fmt::format(
            "{}: the last {} bytes are no whole frame and were left out; the size or format may "
            "be another.",
            path.filename().string(), size % each));
    return std::make_unique<RawSource>(path, std::move(file), layout, std::move(info), each);
}

Result<RawWriter> RawWriter::create(const std::filesystem::path& path, const RawLayout& layout)
{
    VITRINE_CHECK(rawFrameBytes(layout));
    RawWriter writer;
    writer.path_ = path;
    writer.layout_ = layout;
    writer.out_.open(path, std::ios::binary | std::ios::trunc);
    if (!writer.out_)
        return failure("cannot write {}", path.string());
    return writer;
}

Result<void> RawWriter::write(const Frame& frame)
{
    const auto bytes = packRaw(layout_, frame);
    out_.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    return out_ ? Result<void>() : failure("cannot write {}: is the disk full?", path_.string());
}

Result<void> RawWriter::finish()
{
    out_.close();
    return out_ ? Result<void>() : failure("cannot write {}: is the disk full?", path_.string());
}

} // namespace vitrine::video
