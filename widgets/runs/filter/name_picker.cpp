#include "widgets/runs/filter/name_picker.h"

#include <QFrame>
#include <QLineEdit>
#include <QListWidget>
#include <QScreen>
#include <QVBoxLayout>

#include "widgets/theme/icon.h"

namespace vitrine
{
namespace
{

constexpr QSize kNamePopup(280, 340);

} // namespace

NamePicker::NamePicker(const QString& words, const QString& automatic, QWidget* parent)
    : QPushButton(words, parent),
      automatic_(automatic),
      popup_(new QFrame(this, Qt::Popup)),
      line_(new QLineEdit(popup_)),
      list_(new QListWidget(popup_))
{
    setIcon(theme::icon("chevron-down"));
    setLayoutDirection(Qt::RightToLeft); // the sign stands behind the word, as on menus
    setAccessibleName(words);
    popup_->setProperty("role", "card");
    popup_->setFixedSize(kNamePopup);
    line_->setPlaceholderText("Type to narrow");
    line_->setAccessibleName(words + ": narrow the names");
    list_->setAccessibleName(words + ": names");
    auto* column = new QVBoxLayout(popup_);
    column->setContentsMargins(8, 8, 8, 8);
    column->setSpacing(8);
    column->addWidget(line_);
    column->addWidget(list_);
    if (!automatic.isEmpty()) {
        auto* reset = new QPushButton(automatic, popup_);
        reset->setProperty("kind", "quiet");
        reset->setAccessibleName(automatic);
        connect(reset, &QPushButton::clicked, this, [this] {
            setChosen({});
            popup_->hide();
            emit chosenChanged({});
        });
        column->addWidget(reset);
    }
    connect(this, &QPushButton::clicked, this, &NamePicker::open);
    connect(line_, &QLineEdit::textChanged, this, &NamePicker::narrow);
    connect(line_, &QLineEdit::returnPressed, this, [this] { // the first that is left
        for (int row = 0; row < list_->count(); ++row) {
            if (list_->item(row)->isHidden())
                continue;
            const bool on = list_->item(row)->checkState() == Qt::Checked;
            list_->item(row)->setCheckState(on ? Qt::Unchecked : Qt::Checked);
            break;
        }
        line_->selectAll();
    });
    connect(list_, &QListWidget::itemChanged, this, [this](const QListWidgetItem* item) {
        if (filling_)
            return;
        chosen_.removeAll(item->text());
        if (item->checkState() == Qt::Checked)
            chosen_ << item->text();
        emit chosenChanged(chosen_);
    });
}

void NamePicker::setNames(const QStringList& names)
{
    if (names_ == names)
        return;
    names_ = names;
    if (popup_->isVisible())
        fill();
}

void NamePicker::setChosen(const QStringList& names)
{
    chosen_ = names;
    if (popup_->isVisible())
        fill();
}

// Chosen ones first, in their order.
void NamePicker::fill()
{
    filling_ = true;
    list_->clear();
    QStringList all = chosen_;
    for (const QString& name : names_)
        if (!chosen_.contains(name))
            all << name;
    for (const QString& name : all) {
        auto* item = new QListWidgetItem(name, list_);
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(chosen_.contains(name) ? Qt::Checked : Qt::Unchecked);
    }
    filling_ = false;
    narrow(line_->text());
}

void NamePicker::narrow(const QString& typed)
{
    for (int row = 0; row < list_->count(); ++row)
        list_->item(row)->setHidden(!list_->item(row)->text().contains(typed, Qt::CaseInsensitive));
}

void NamePicker::open()
{
    line_->clear();
    fill();
    QPoint place = mapToGlobal(QPoint(0, height() + 4));
    const QRect room = screen()->availableGeometry();
    place.setX(std::min(place.x(), room.right() - kNamePopup.width()));
    place.setY(std::min(place.y(), room.bottom() - kNamePopup.height()));
    popup_->move(place);
    popup_->show();
    line_->setFocus();
}

} // namespace vitrine
