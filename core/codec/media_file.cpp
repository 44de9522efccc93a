#include "core/codec/media_file.h"

#include "core/codec/media_format.h"
#include "core/codec/outside_data.h"
#include "core/codec/promised_size.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>

namespace vitrine::codec
{
namespace
{

constexpr int kStreamBuffer = 64 << 10;

// The ending is a hint for raw streams, the rest of the name none for anybody: with it, "a%d.png"
// would be a row of pictures.
std::string hintOf(const std::filesystem::path& path)
{
    const std::string ending = path.extension().string();
    const bool plain = ending.size() > 1 && ending.size() <= 8 &&
                       std::all_of(ending.begin() + 1, ending.end(), [](unsigned char c) {
                           return c < 0x80 && std::isalnum(c) != 0;
                       });
    return plain ? "file" + ending : "file";
}

// A picture that FFmpeg knows by its ending alone: read as one picture, where image2 would make a
// row of its name.
const AVInputFormat* picturePipe(const std::filesystem::path& path)
{
    constexpr std::array<std::array<const char*, 2>, 9> kPipes = {{{".png", "png_pipe"},
                                                                   {".jpg", "jpeg_pipe"},
                                                                   {".jpeg", "jpeg_pipe"},
                                                                   {".bmp", "bmp_pipe"},
                                                                   {".tif", "tiff_pipe"},
                                                                   {".tiff", "tiff_pipe"},
                                                                   {".ppm", "ppm_pipe"},
                                                                   {".pgm", "pgm_pipe"},
                                                                   {".webp", "webp_pipe"}}};
    std::string ending = path.extension().string();
    std::ranges::transform(ending, ending.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const auto& [known, pipe] : kPipes)
        if (ending == known)
            return av_find_input_format(pipe);
    return nullptr;
}

int interruptOf(void* options)
{
    return isStopped(*static_cast<const OpenOptions*>(options)) ? 1 : 0;
}

} // namespace

bool isStopped(const OpenOptions& options)
{
    return options.progress && !options.progress(-1); // a share below 0 asks only
}

void MediaFile::StreamDeleter::operator()(AVIOContext* stream) const
{
    av_freep(&stream->buffer);
    avio_context_free(&stream);
}

Result<std::unique_ptr<MediaFile>> MediaFile::open(const std::filesystem::path& path)
{
    prepareFfmpeg();
    VITRINE_TRY(RegularFile file, RegularFile::open(path));
    VITRINE_CHECK(refuseOutsideData(file, path));
    return std::unique_ptr<MediaFile>(new MediaFile(path, std::move(file)));
}

std::uint64_t MediaFile::missingBytes() const
{
    const auto promised = promisedSize(file_);
    const std::uint64_t there = file_.size();
    return promised && *promised > there ? *promised - there : 0;
}

Result<InputHandle> MediaFile::openInput(const OpenOptions& options)
{
    VITRINE_CHECK(rewind());
    options_ = &options;
    VITRINE_TRY(format_, format_ ? Result<const AVInputFormat*>(format_) : formatOf());
    InputHandle input(avformat_alloc_context());
    if (!input)
        return failure("cannot read {}: no memory", path_.string());
    input->pb = stream_.get();
    input->opaque = this;
    input->io_open = refuse;
    input->interrupt_callback = {interruptOf, const_cast<OpenOptions*>(&options)};
    AvOptions settings;
    settings.set("protocol_whitelist", ""); // no address of any kind
    if (std::string_view(format_->name).starts_with("mov")) {
        // Asked for, so that a reference to another file comes to refuse() and is known by its
        // name.
        settings.set("enable_drefs", "1");
        settings.set("use_absolute_path", "1");
    }
    refused_.clear();
    AVFormatContext* raw = input.release(); // freed by avformat_open_input where it fails
    int code = avformat_open_input(&raw, "", format_, settings.get());
    input.reset(raw);
    if (code >= 0)
        code = avformat_find_stream_info(input.get(), nullptr);
    if (!refused_.empty())
        return inputError("cannot read {}: its pictures lie in another file, {}: one input is one "
                          "file",
                          path_.string(), refused_);
    if (code >= 0)
        return input;
    if (isStopped(options))
        return cancelled();
    if (code == AVERROR(ENOMEM))
        return failure("cannot read {}: no memory", path_.string());
    if (const auto missing = missingBytes(); missing > 0)
        return inputError("cannot read {}: it is cut: {} bytes that its header promises are "
                          "missing, with them the index of its frames",
                          path_.string(), missing);
    return inputError("cannot read {}: {}", path_.string(), avErrorText(code));
}

Result<const AVInputFormat*> MediaFile::formatOf()
{
    const AVInputFormat* format = nullptr;
    const int found =
        av_probe_input_buffer2(stream_.get(), &format, hintOf(path_).c_str(), nullptr, 0, 0);
    if (found < 0 && isStopped(*options_))
        return cancelled();
    if (found >= 0 && format && std::string_view(format->name) == "image2")
        format = picturePipe(path_);
    if (found < 0 || !format)
        return inputError("cannot read {}: {}", path_.string(),
                          avErrorText(found < 0 ? found : AVERROR_INVALIDDATA));
    if (const auto known = checkMediaFormat(format->name, format->long_name); !known)
        return inputError("cannot read {}: {}", path_.string(), known.error().message);
    return format;
}

// A stream of its own for each opening: FFmpeg may have swapped the buffer of the last one.
Result<void> MediaFile::rewind()
{
    position_ = 0;
    stream_.reset();
    auto* buffer = static_cast<unsigned char*>(av_malloc(kStreamBuffer));
    if (buffer)
        stream_.reset(avio_alloc_context(buffer, kStreamBuffer, 0, this, read, nullptr, seek));
    if (!stream_) {
        av_free(buffer);
        return failure("cannot read {}: no memory", path_.string());
    }
    return {};
}

int MediaFile::read(void* self, std::uint8_t* bytes, int count)
{
    auto& file = *static_cast<MediaFile*>(self);
    if (isStopped(*file.options_))
        return AVERROR_EXIT;
    const auto got = file.file_.readAt(
        static_cast<std::uint64_t>(file.position_),
        std::as_writable_bytes(std::span(bytes, static_cast<std::size_t>(count))));
    if (got < 0)
        return AVERROR(static_cast<int>(-got));
    file.position_ += got;
    return got == 0 ? AVERROR_EOF : static_cast<int>(got);
}

std::int64_t MediaFile::seek(void* self, std::int64_t offset, int whence)
{
    auto& file = *static_cast<MediaFile*>(self);
    const auto size = static_cast<std::int64_t>(file.file_.size());
    if ((whence & AVSEEK_SIZE) != 0)
        return size;
    const int from = whence & ~AVSEEK_FORCE;
    const std::int64_t base = from == SEEK_CUR ? file.position_ : from == SEEK_END ? size : 0;
    if (offset < -base || offset > std::numeric_limits<std::int64_t>::max() - base)
        return AVERROR(EINVAL);
    return file.position_ = base + offset;
}

int MediaFile::refuse(AVFormatContext* context, AVIOContext**, const char* url, int, AVDictionary**)
{
    auto& file = *static_cast<MediaFile*>(context->opaque);
    if (file.refused_.empty())
        file.refused_ = shownAddress(url);
    return AVERROR(EPERM);
}

} // namespace vitrine::codec
