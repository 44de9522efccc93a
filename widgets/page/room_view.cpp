#include "widgets/page/room_view.h"

#include "core/jobs/experiment/param_texts.h"
#include "widgets/page/banner.h"
#include "widgets/theme/style.h"
#include "widgets/theme/text.h"

#include <QScrollArea>
#include <QVBoxLayout>

namespace vitrine
{

RoomView::RoomView(ViewContext& context, BoundState bound, Words words, QWidget* parent)
    : View(parent), context_(context), bound_(std::move(bound)), words_(std::move(words))
{
    setObjectName("page");
    setAccessibleName(words_.name);
}

RoomView::~RoomView() = default;

void RoomView::makePage(QWidget* content, Skeleton skeleton, const Around& around)
{
    auto* empty = new EmptyPage(words_.empty, this);
    pages_ = new StatePages(empty, std::move(skeleton), words_.failure, content, this);
    banner_ = new Banner(this);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(theme::kPanelPadding, 8, theme::kPanelPadding, theme::kPanelPadding);
    all->setSpacing(8);
    for (QWidget* part : around.above)
        all->addWidget(part);
    all->addWidget(banner_);
    for (QWidget* part : around.between)
        all->addWidget(part);
    all->addWidget(pages_, 1);
    connect(empty, &EmptyPage::startWished, this, [this] { startStudy(); });
    connect(pages_, &StatePages::retryWished, this, &RoomView::retry);
    connect(banner_, &Banner::acted, this, [this] { actOnNotice(); });
    connect(banner_, &Banner::dismissed, this, [this] {
        dismissNotice();
        showPage();
    });
}

void RoomView::setLeastHeight(int height)
{
    pages_->setMinimumHeight(height);
}

QWidget* RoomView::scrolled(QWidget* content)
{
    auto* scroll = new QScrollArea(this);
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    return scroll;
}

void RoomView::setRuns(const std::vector<RunHandle>& runs)
{
    runs_ = runs;
    loading_.clear();
    std::vector<RunHandle> good;
    QStringList troubles;
    for (const RunHandle& run : runs)
        if (isSound(*run))
            good.push_back(run);
        else
            troubles << troubleOf(*run);
    troubles.removeDuplicates();
    failure_ = troubles.join('\n');
    showRuns(good);
    showPage();
    emit titleChanged();
}

bool RoomView::isSound(const RunRecord& run) const
{
    return run.state == RunState::done;
}

QString RoomView::troubleOf(const RunRecord& run) const
{
    return fromUtf8(run.error.empty() ? "the run did not finish" : run.error);
}

void RoomView::showPage()
{
    const bool loads = !loading_.isEmpty();
    const QString what = loads ? loading_ : busy();
    showWork(hasContent() ? what : QString(), loads ? fraction_ : -1);
    const Notice said = notice();
    banner_->setMessage(hasContent() ? said.message : QString(), said.action);
    pages_->setState({.hasContent = hasContent(),
                      .loading = what,
                      .fraction = loads ? fraction_ : -1,
                      .failure = whyNothing(),
                      .canRetry = lastStart_ || !runs_.empty()});
}

RoomView::Notice RoomView::notice() const
{
    return {failure_, tr("Try again")};
}

void RoomView::dismissNotice()
{
    failure_.clear();
}

void RoomView::setLoading(const QString& what, double fraction)
{
    loading_ = what;
    fraction_ = fraction;
    showPage();
}

// The page around the view says why a run failed; here only the skeleton goes.
void RoomView::setFailure(const QString&)
{
    loading_.clear();
    showPage();
}

void RoomView::change(const QJsonObject& state, const QString& label, const QString& mergeKey)
{
    const QJsonObject kept = bound_.written(state);
    if (kept != state_)
        context_.change(this, kept, label, mergeKey);
}

void RoomView::changeLive(const QJsonObject& state, const Values& params, const QString& label,
                          const QString& mergeKey)
{
    const QJsonObject kept = bound_.written(state);
    if (params.empty())
        change(state, label, mergeKey);
    else if (kept != state_)
        context_.changeLive(this, kept, params, label, mergeKey);
}

void RoomView::put(const char* key, const QJsonValue& value, const QString& label,
                   const QString& mergeKey)
{
    QJsonObject json = current();
    json[QLatin1String(key)] = value;
    change(json, label, mergeKey);
}

void RoomView::start(Values params, bool compare)
{
    start(Start{words_.experiment.toStdString(), std::move(params), compare});
}

void RoomView::start(Start wanted)
{
    lastStart_ = std::move(wanted);
    context_.startRun(this, lastStart_->experiment, lastStart_->params, lastStart_->compare);
}

void RoomView::retry()
{
    const auto again = [this](const RunRecord& run) {
        start(Start{run.experiment, paramTexts(run.params), false});
    };
    if (lastStart_)
        return start(Start(*lastStart_));
    for (const RunHandle& run : runs_)
        if (!isSound(*run))
            return again(*run);
    if (!runs_.empty())
        again(*runs_.front());
}

QString besideTitle(const QStringList& names)
{
    QString title = names.value(0);
    if (names.size() > 1)
        title = RoomView::tr("%1 beside %2").arg(title, names[1]);
    if (names.size() > 2)
        title += RoomView::tr(" and %1 more").arg(names.size() - 2);
    return title;
}

} // namespace vitrine
