#include "app/window/bottom_strip.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>

#include "core/base/format.h"
#include "widgets/table/run_text.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/shown_text.h"

#include <algorithm>
#include <cmath>

namespace vitrine
{
namespace
{

constexpr int kStripHeight = 32;
constexpr std::size_t kMostItems = 3;
constexpr qsizetype kLongestProgress = 80;

QToolButton* smallButton(const QString& icon, const QString& name, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setIcon(theme::icon(icon));
    button->setIconSize({16, 16});
    button->setAccessibleName(name);
    button->setToolTip(name);
    return button;
}

QString wordsOf(const RunStatus& status)
{
    QStringList parts = {experimentWords(status.experiment.toStdString())};
    if (status.total > 0)
        parts << QString("%1 %").arg(static_cast<int>(status.fraction() * 100));
    if (!status.what.isEmpty())
        parts << shownText(status.what, kLongestProgress);
    if (const auto left = status.remaining(); left && *left >= 1)
        parts << QString::fromStdString(durationText(std::ceil(*left))) + " left";
    else
        parts << QString::fromStdString(durationText(std::floor(status.elapsed)));
    return parts.join("   ");
}

} // namespace

BottomStrip::BottomStrip(Runner& runner, QWidget* parent)
    : QFrame(parent),
      runner_(runner),
      row_(new QHBoxLayout),
      idle_(new QLabel(this)),
      more_(new QLabel(this))
{
    setObjectName("bottomStrip");
    setFixedHeight(kStripHeight);
    auto* all = new QHBoxLayout(this);
    all->setContentsMargins(12, 0, 4, 0);
    all->setSpacing(12);
    row_->setSpacing(16);
    all->addLayout(row_);
    idle_->setProperty("role", "caption");
    idle_->setTextFormat(Qt::PlainText);
    idle_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    idle_->setAccessibleName("Last message");
    more_->setProperty("role", "caption");
    all->addWidget(more_);
    all->addWidget(idle_, 1);
    auto* log = new QToolButton(this);
    log->setText("Log");
    log->setIcon(theme::icon("chevron-up"));
    log->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    log->setAccessibleName("Message log");
    log->setToolTip("Messages (F8)");
    auto* runs = new QToolButton(this);
    runs->setText("Runs");
    runs->setIcon(theme::icon("runs"));
    runs->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    runs->setAccessibleName("Show runs");
    all->addWidget(log);
    all->addWidget(runs);
    connect(&seconds_, &QTimer::timeout, this, &BottomStrip::refresh);
    connect(log, &QToolButton::clicked, this, &BottomStrip::logToggled);
    connect(runs, &QToolButton::clicked, this, &BottomStrip::runsRequested);
}

void BottomStrip::refresh()
{
    const std::vector<RunStatus> active = runner_.active();
    if (active.empty())
        seconds_.stop();
    else if (!seconds_.isActive())
        seconds_.start(1000);
    std::erase_if(paused_, [&](const auto& entry) {
        const bool goesOn = std::ranges::any_of(
            active, [&](const RunStatus& status) { return status.uid == entry.first; });
        if (goesOn)
            entry.second->deleteLater();
        return goesOn;
    });
    const std::size_t shown = std::min(active.size(), kMostItems);
    std::erase_if(items_, [&](const auto& entry) {
        const bool gone =
            std::none_of(active.begin(), active.begin() + static_cast<std::ptrdiff_t>(shown),
                         [&](const RunStatus& status) { return status.uid == entry.first; });
        if (gone)
            entry.second.widget->deleteLater();
        return gone;
    });
    for (std::size_t i = 0; i < shown; ++i) {
        const RunStatus& status = active[i];
        if (!items_.contains(status.uid))
            items_[status.uid] = makeItem(status);
        const Item& item = items_[status.uid];
        item.words->setText(wordsOf(status));
        item.bar->setRange(0, status.total > 0 ? 1000 : 0);
        item.bar->setValue(static_cast<int>(status.fraction() * 1000));
    }
    more_->setText(active.size() > shown ? QString("and %1 more").arg(active.size() - shown)
                                         : QString());
}

BottomStrip::Item BottomStrip::makeItem(const RunStatus& status)
{
    auto* widget = new QWidget(this);
    auto* row = new QHBoxLayout(widget);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    auto* bar = new QProgressBar(widget);
    bar->setTextVisible(false);
    bar->setFixedWidth(96);
    bar->setAccessibleName("Progress of " + status.experiment);
    auto* words = new QLabel(widget);
    words->setAccessibleName("Run in progress");
    auto* pause = smallButton("pause", "Pause " + status.experiment, widget);
    auto* cancel = smallButton("cancel", "Cancel " + status.experiment, widget);
    connect(pause, &QToolButton::clicked, this, [this, uid = status.uid] { runner_.pause(uid); });
    connect(cancel, &QToolButton::clicked, this, [this, uid = status.uid] { runner_.cancel(uid); });
    row->addWidget(bar);
    row->addWidget(words);
    row->addWidget(pause);
    row->addWidget(cancel);
    row_->addWidget(widget);
    return {widget, words, bar};
}

void BottomStrip::addPaused(const QString& uid, std::int64_t number, const std::string& experiment)
{
    if (paused_.contains(uid) || paused_.size() >= kMostItems)
        return;
    auto* widget = new QWidget(this);
    auto* row = new QHBoxLayout(widget);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    auto* words = new QLabel(
        QString("Run %1 paused   %2").arg(number).arg(experimentWords(experiment)), widget);
    words->setAccessibleName("Paused run");
    const QString name = QString("run %1").arg(number);
    auto* resume = smallButton("run", "Resume " + name, widget);
    auto* dismiss = smallButton("cancel", "Dismiss paused " + name, widget);
    connect(resume, &QToolButton::clicked, this, [this, uid] { emit resumeWished(uid); });
    connect(dismiss, &QToolButton::clicked, this, [this, uid] { emit pausedDismissed(uid); });
    for (QWidget* each : std::initializer_list<QWidget*>{words, resume, dismiss})
        row->addWidget(each);
    row_->addWidget(widget);
    paused_[uid] = widget;
}

void BottomStrip::removePaused(const QString& uid)
{
    if (const auto found = paused_.find(uid); found != paused_.end()) {
        found->second->deleteLater();
        paused_.erase(found);
    }
}

void BottomStrip::setLastMessage(const QString& line)
{
    showText(*idle_, line);
    idle_->setToolTip(idle_->text());
}

} // namespace vitrine
