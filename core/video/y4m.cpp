#include "core/video/y4m.h"

#include "core/base/regular_file.h"
#include "core/video/raw_layout.h"

#include <array>
#include <cassert>

namespace vitrine::video
{
namespace
{

constexpr std::size_t kLongestFrameLine = 256;

RawLayout layoutOf(const Y4mHeader& header)
{
    RawLayout layout;
    layout.width = header.width;
    layout.height = header.height;
    layout.format = header.format;
    layout.colour = header.colour;
    return layout;
}

std::string bytesText(std::uint64_t count)
{
    return fmt::format("{} byte{}", count, count == 1 ? "" : "s");
}

class Y4mSource : public FrameSource
{
public:
    Y4mSource(std::filesystem::path path, std::ifstream file, const Y4mHeader& header,
              double framesPerSecond)
        : path_(std::move(path)),
          file_(std::move(file)),
          layout_(layoutOf(header)),
          frameBytes_(frameBytes(header.width, header.height, header.format))
    {
        info_.width = header.width;
        info_.height = header.height;
        info_.format = header.format;
        info_.colour = header.colour;
        info_.framesPerSecond =
            static_cast<double>(header.rateNumerator) / static_cast<double>(header.rateDenominator);
        if (header.rateNumerator == 0)
            info_.framesPerSecond = framesPerSecond;
        info_.container = "y4m";
        info_.codec = "rawvideo";
        if (header.interlacing == 't' || header.interlacing == 'b' || header.interlacing == 'm')
            info_.notes.push_back(fmt::format("{}: interlaced; frames are compared as woven.",
                                              path_.filename().string()));
    }

    const SourceInfo& info() const override { return info_; }

    // Positions of all frames. The file has `size` bytes, the first frame's line is at `at`.
    Result<void> index(std::uint64_t at, std::uint64_t size)
    {
        std::array<char, kLongestFrameLine> line{};
        while (at < size) {
            const auto count = std::min<std::uint64_t>(line.size(), size - at);
            file_.clear();
            file_.seekg(static_cast<std::streamoff>(at));
            file_.read(line.data(), static_cast<std::streamsize>(count));
            const std::string_view start(line.data(), static_cast<std::size_t>(file_.gcount()));
            const auto end = start.find('\n');
            if (!start.starts_with("FRAME") || end == std::string_view::npos) {
                if (!positions_.empty() && size - at < frameBytes_) { // no frame is lost in it
                    info_.notes.push_back(fmt::format("{}: {} behind the last frame left out.",
                                                      path_.filename().string(),
                                                      bytesText(size - at)));
                    break;
                }
                return inputError("cannot read {}: no FRAME line at byte {}, after {} frames",
                                  path_.string(), at, positions_.size());
            }
            at += end + 1;
            if (size - at < frameBytes_) {
                info_.notes.push_back(
                    fmt::format("{}: it ends within frame {}, which was left out.",
                                path_.filename().string(), positions_.size()));
                break;
            }
            positions_.push_back(at);
            at += frameBytes_;
        }
        if (positions_.empty())
            return inputError("cannot read {}: it holds no whole frame of {} bytes", path_.string(),
                              frameBytes_);
        info_.frames = static_cast<std::int64_t>(positions_.size());
        return {};
    }

    Result<Frame> read(std::int64_t index) override
    {
        assert(index >= 0 && index < info_.frames);
        std::vector<std::byte> bytes(frameBytes_);
        file_.clear();
        file_.seekg(static_cast<std::streamoff>(positions_[static_cast<std::size_t>(index)]));
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
    std::uint64_t frameBytes_;
    SourceInfo info_;
    std::vector<std::uint64_t> positions_;
};

std::string chromaWord(const SampleFormat& format)
{
    if (format.chroma == Chroma::k400)
        return format.bits > 8 ? fmt::format("mono{}", format.bits) : "mono";
    const std::string digits = formatName(format).substr(3, 3);
    if (format.bits > 8)
        return fmt::format("{}p{}", digits, format.bits);
    return format.chroma == Chroma::k420 ? "420jpeg" : digits;
}

std::string headerLine(const Y4mHeader& header)
{
    std::string line =
        fmt::format("YUV4MPEG2 W{} H{} F{}:{} Ip A1:1 C{}", header.width, header.height,
                    header.rateNumerator, header.rateNumerator > 0 ? header.rateDenominator : 0,
                    chromaWord(header.format)); // 0:0 is how the format says unknown
    if (header.colour.range != ColourRange::unknown)
        line +=
            header.colour.range == ColourRange::full ? " XCOLORRANGE=FULL" : " XCOLORRANGE=LIMITED";
    return line + "\n";
}

} // namespace

Result<std::unique_ptr<FrameSource>> openY4m(const std::filesystem::path& path,
                                             double framesPerSecond)
{
    VITRINE_TRY(const RegularFile regular, RegularFile::open(path)); // a pipe would keep us waiting
    const std::uint64_t size = regular.size();
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return inputError("cannot read {}: it cannot be opened", path.string());
    std::string start(static_cast<std::size_t>(std::min<std::uint64_t>(size, 4096)), '\0');
    file.read(start.data(), static_cast<std::streamsize>(start.size()));
    VITRINE_TRY(const Y4mHeader header, parseY4mHeader(start, path.string()));
    auto source = std::make_unique<Y4mSource>(path, std::move(file), header, framesPerSecond);
    VITRINE_CHECK(source->index(header.bytes, size));
    return source;
}

Result<Y4mWriter> Y4mWriter::create(const std::filesystem::path& path, const Y4mHeader& header)
{
    VITRINE_CHECK(rawFrameBytes(layoutOf(header)));
    Y4mWriter writer;
    writer.path_ = path;
    writer.header_ = header;
    writer.out_.open(path, std::ios::binary | std::ios::trunc);
    writer.out_ << headerLine(header);
    if (!writer.out_)
        return failure("cannot write {}", path.string());
    return writer;
}

Result<void> Y4mWriter::write(const Frame& frame)
{
    assert(frame.width() == header_.width && frame.height() == header_.height &&
           frame.format() == header_.format);
    out_ << "FRAME\n";
    out_.write(reinterpret_cast<const char*>(frame.bytes().data()),
               static_cast<std::streamsize>(frame.bytes().size()));
    return out_ ? Result<void>() : failure("cannot write {}: is the disk full?", path_.string());
}

Result<void> Y4mWriter::finish()
{
    out_.close();
    return out_ ? Result<void>() : failure("cannot write {}: is the disk full?", path_.string());
}

} // namespace vitrine::video
