#include "plugins/video/view/clip_export.h"

#include "plugins/common/codecs/available_codecs.h"
#include "plugins/video/view/side_by_side.h"
#include "widgets/view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

namespace vitrine::video_plugin
{
namespace
{

Result<void> write(const ClipExport::Request& request, const codec::EncodeProgress& progress)
{
    std::vector<SideBySide::Part> parts;
    for (const ClipExport::Source& source : request.sources) {
        codec::OpenOptions options;
        options.raw = source.raw;
        options.codecs = &availableCodecs();
        VITRINE_TRY(auto opened, codec::openSource(source.path, options));
        parts.push_back({std::move(opened), source.offset, source.isByOrder});
    }
    VITRINE_TRY(const auto joined, SideBySide::make(std::move(parts)));
    codec::EncodeOptions options;
    options.codec = "x264";
    options.preset = "veryfast";
    options.gop = 60;
    const bool isLossless = request.file.extension() == ".mkv";
    options.mode = isLossless ? codec::RateMode::quantizer : codec::RateMode::quality;
    options.value = isLossless ? 0 : 12;
    VITRINE_TRY(const auto encoded, codec::encode(*joined, request.first, request.count, options,
                                                  request.file, progress));
    return {};
}

} // namespace

ClipExport::ClipExport(ViewContext& context, QWidget* parent)
    : QFrame(parent), context_(context), text_(new QLabel(this)), bar_(new QProgressBar(this))
{
    setProperty("role", "card");
    auto* stop = new QPushButton(tr("Cancel"), this);
    stop->setAccessibleName(tr("Cancel the clip"));
    stop->setToolTip(tr("Stops writing and removes the file"));
    bar_->setTextVisible(false);
    bar_->setAccessibleName(tr("Frames of the clip written"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 6, 8, 6);
    row->setSpacing(12);
    row->addWidget(text_);
    row->addWidget(bar_, 1);
    row->addWidget(stop);
    connect(stop, &QPushButton::clicked, this, &ClipExport::cancel);
    poll_.setInterval(100);
    connect(&poll_, &QTimer::timeout, this, [this] {
        if (task_)
            bar_->setValue(static_cast<int>(task_->done));
    });
    hide();
}

ClipExport::~ClipExport()
{
    cancel();
}

void ClipExport::cancel()
{
    if (task_)
        task_->isCancelled = true;
}

void ClipExport::start(const Request& request)
{
    if (isRunning())
        return;
    task_ = std::make_shared<Task>();
    bar_->setRange(0, static_cast<int>(request.count));
    bar_->setValue(0);
    const QString name = QString::fromStdString(request.file.filename().string());
    text_->setText(
        tr("Writing %1, %n frame(s)", nullptr, static_cast<int>(request.count)).arg(name));
    poll_.start();
    show();
    context_.compute(
        this, QStringLiteral("clip"),
        [task = task_, request] {
            const auto done = write(request, [task](std::int64_t frames, std::int64_t) {
                task->done = frames;
                return !task->isCancelled;
            });
            if (!done)
                task->error = QString::fromStdString(done.error().message);
        },
        [this, name] {
            const auto task = std::move(task_);
            task_.reset();
            poll_.stop();
            hide();
            emit finished(task->isCancelled       ? tr("Cancelled: %1 is not written").arg(name)
                          : task->error.isEmpty() ? tr("Written: %1").arg(name)
                                                  : task->error,
                          task->error.isEmpty() && !task->isCancelled);
        });
}

} // namespace vitrine::video_plugin
