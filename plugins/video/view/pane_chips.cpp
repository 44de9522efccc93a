#include "plugins/video/view/pane_chips.h"

#include "widgets/page/flow_layout.h"
#include "widgets/params/number_spin.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/shown_text.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

#include <cmath>

namespace vitrine::video_plugin
{
namespace
{

constexpr qsizetype kLongestOnChip = 40;

QIcon dot(int colour)
{
    QPixmap pixmap(20, 20);
    pixmap.setDevicePixelRatio(2);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme::palette().series(colour));
    painter.drawEllipse(QRectF(1, 1, 8, 8));
    return QIcon(pixmap);
}

} // namespace

PaneChips::PaneChips(QWidget* parent) : QWidget(parent), flow_(new FlowLayout(this, 6))
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(tr("Panes"));
    rateBox_ = new QWidget(this);
    auto* row = new QHBoxLayout(rateBox_);
    row->setContentsMargins(8, 0, 0, 0);
    row->setSpacing(6);
    auto* label = new QLabel(tr("All near"), rateBox_);
    label->setProperty("role", "muted");
    rate_ = new NumberSpin(0.001, 1e7, 3, rateBox_);
    rate_->setAccessibleName(tr("Rate to compare at"));
    rate_->setToolTip(tr("Every codec shows its setting nearest to this rate, by ratio: a "
                         "comparison at equal rate"));
    rate_->setButtonSymbols(QAbstractSpinBox::NoButtons);
    rate_->setFixedWidth(72);
    auto* unit = new QLabel(tr("kbit/s"), rateBox_);
    unit->setProperty("role", "muted");
    row->addWidget(label);
    row->addWidget(rate_);
    row->addWidget(unit);
    connect(rate_, &NumberSpin::chosen, this, &PaneChips::rateWished);
    auto* add = new QToolButton(this);
    add->setIcon(theme::icon(QStringLiteral("add")));
    add->setIconSize({20, 20});
    add->setAccessibleName(tr("Add a video"));
    add->setToolTip(tr("Shows another file beside these; or drop it here"));
    connect(add, &QToolButton::clicked, this, &PaneChips::addWished);
    add_ = add;
}

void PaneChips::addFront(QWidget* widget)
{
    flow_->addWidget(widget);
}

QWidget* PaneChips::make(const Chip& chip)
{
    auto* box = new QWidget(this);
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    // A name of any length may stand in a stored run; a button would be as wide.
    auto* button = new QPushButton(shownText(chip.name, kLongestOnChip), box);
    button->setProperty("kind", "chip");
    button->setCheckable(true);
    button->setIcon(dot(chip.colour));
    button->setIconSize({10, 10});
    button->setAccessibleName(tr("Pane %1").arg(shownText(chip.name)));
    button->setToolTip(tr("Shows or hides this pane"));
    connect(button, &QPushButton::clicked, this,
            [this, id = chip.id](bool on) { emit shownWished(id, on); });
    row->addWidget(button);
    if (chip.settings.size() > 1) {
        auto* combo = new QComboBox(box);
        combo->setAccessibleName(tr("Setting of %1").arg(shownText(chip.name)));
        combo->setToolTip(tr("Which point of this codec is shown"));
        for (const Chip::Setting& setting : chip.settings)
            combo->addItem(shownText(setting.title, kLongestOnChip), setting.value);
        connect(combo, &QComboBox::activated, this, [this, id = chip.id, combo](int index) {
            emit settingWished(id, combo->itemData(index).toString());
        });
        row->addWidget(combo);
    }
    if (chip.isRemovable) {
        auto* remove = new QToolButton(box);
        remove->setIcon(theme::icon(QStringLiteral("cancel")));
        remove->setIconSize({16, 16});
        remove->setAccessibleName(tr("Close %1").arg(shownText(chip.name)));
        remove->setToolTip(tr("Takes this file out of the comparison"));
        connect(remove, &QToolButton::clicked, this,
                [this, id = chip.id] { emit removeWished(id); });
        row->addWidget(remove);
    }
    return box;
}

void PaneChips::setChips(const std::vector<Chip>& chips, double kbps)
{
    std::vector<QString> names;
    for (const Chip& chip : chips) {
        QString name = chip.id + "|" + chip.name;
        for (const Chip::Setting& setting : chip.settings)
            name += "|" + setting.title;
        names.push_back(name);
    }
    if (names != names_) {
        for (QWidget* old : made_) {
            flow_->removeWidget(old);
            delete old;
        }
        made_.clear();
        flow_->removeWidget(rateBox_);
        flow_->removeWidget(add_);
        for (const Chip& chip : chips) {
            made_.push_back(make(chip));
            flow_->addWidget(made_.back());
            made_.back()->show();
        }
        flow_->addWidget(rateBox_);
        flow_->addWidget(add_);
        names_ = std::move(names);
    }
    for (std::size_t i = 0; i < chips.size(); ++i) {
        made_[i]->findChild<QPushButton*>()->setChecked(chips[i].isShown);
        if (auto* combo = made_[i]->findChild<QComboBox*>()) {
            combo->setCurrentIndex(chips[i].chosen);
            combo->setEnabled(chips[i].isShown);
        }
    }
    rateBox_->setVisible(std::isfinite(kbps));
    if (std::isfinite(kbps) && !rate_->hasFocus())
        rate_->setNumber(std::round(kbps * 10) / 10);
    flow_->invalidate();
    updateGeometry();
}

} // namespace vitrine::video_plugin
