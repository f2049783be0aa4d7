/** The texts of the app `words`, which its protocol leaves free. None begins with `/`, because such a line is a command. */
import type { Texts } from "../Language.ts"

export type WordsKey =
  | "askName"
  | "askMove"
  | "noName"
  | "taken"
  | "joined"
  | "left"
  | "waiting"
  | "begun"
  | "word"
  | "turn"
  | "letter"
  | "hit"
  | "missed"
  | "namedBefore"
  | "guess"
  | "right"
  | "wrong"
  | "congratulations"
  | "solved"
  | "over"
  | "notYourTurn"
  | "useLetter"
  | "useWord"
  | "unknown"
  | "running"
  | "watches"
  | "watching"
  | "passedOver"
  | "out"
  | "youAreOut"

export const wordsTexts: Texts<WordsKey> = {
  en: {
    askName: "Your name: ",
    askMove: "A letter or the whole word: ",
    noName: "This cannot be a name. Please send another one",
    taken: "The name {name} is taken. Please send another one",
    joined: "{name} joins ({count} of {players})",
    left: "{name} leaves",
    waiting: "The game has not begun: {count} of {players} are here",
    begun: "The game begins: {names}",
    word: "Word: {word}",
    turn: "On turn: {name}",
    letter: "{name} names the letter {letter}",
    hit: "The letter {letter}: +{points}, together {total}",
    missed: "The letter {letter} is not in the word",
    namedBefore: "The letter {letter} was named before",
    guess: "{name} says the word {word}",
    right: "Right: +{points}, together {total}",
    wrong: "Wrong: all your points are gone",
    congratulations: "Congratulations! For the word +{points}, together {total}",
    solved: "The word was: {word}",
    over: "The game is over",
    notYourTurn: "It is not your turn",
    useLetter: "The command /letter L needs one letter",
    useWord: "The command /word W needs a word",
    unknown: "Unknown command. There are /letter L and /word W",
    running: "A game is being played. Please come back later",
    watches: "{name} watches",
    watching: "You only watch and have no moves",
    passedOver: "{name} does not answer, the turn passes on",
    out: "{name} has not answered for 5 minutes and is out",
    youAreOut: "You have not answered for 5 minutes and are out"
  },
  sk: {
    askName: "Vaše meno: ",
    askMove: "Písmeno alebo celé slovo: ",
    noName: "Toto nemôže byť meno. Pošlite, prosím, iné",
    taken: "Meno {name} je obsadené. Pošlite, prosím, iné",
    joined: "Prichádza {name} ({count} z {players})",
    left: "Odchádza {name}",
    waiting: "Hra sa ešte nezačala: {count} z {players}",
    begun: "Hra sa začína: {names}",
    word: "Slovo: {word}",
    turn: "Na ťahu: {name}",
    letter: "{name} háda písmeno {letter}",
    hit: "Písmeno {letter}: +{points}, spolu {total}",
    missed: "Písmeno {letter} v slove nie je",
    namedBefore: "Písmeno {letter} už zaznelo",
    guess: "{name} háda slovo {word}",
    right: "Správne: +{points}, spolu {total}",
    wrong: "Nesprávne: všetky vaše body sú preč",
    congratulations: "Gratulujeme! Za slovo +{points}, spolu {total}",
    solved: "Hľadané slovo: {word}",
    over: "Hra sa skončila",
    notYourTurn: "Nie ste na ťahu",
    useLetter: "Príkaz /letter L potrebuje jedno písmeno",
    useWord: "Príkaz /word W potrebuje slovo",
    unknown: "Neznámy príkaz. Príkazy sú /letter L a /word W",
    running: "Práve sa hrá. Príďte, prosím, neskôr",
    watches: "Prizerá sa {name}",
    watching: "Iba sa prizeráte, nemáte ťahy",
    passedOver: "{name} neodpovedá, ťah prechádza ďalej",
    out: "{name} neodpovedá 5 minút a vypadáva z hry",
    youAreOut: "Neodpovedali ste 5 minút, vypadávate z hry"
  },
  sr: {
    askName: "Ваше име: ",
    askMove: "Слово или цела реч: ",
    noName: "Ово не може бити име. Пошаљите друго",
    taken: "Име {name} је заузето. Пошаљите друго",
    joined: "Долази {name} ({count} од {players})",
    left: "Одлази {name}",
    waiting: "Игра још није почела: {count} од {players}",
    begun: "Игра почиње: {names}",
    word: "Реч: {word}",
    turn: "На потезу: {name}",
    letter: "{name} погађа слово {letter}",
    hit: "Слово {letter}: +{points}, укупно {total}",
    missed: "Слова {letter} нема у речи",
    namedBefore: "Слово {letter} је већ речено",
    guess: "{name} погађа реч {word}",
    right: "Тачно: +{points}, укупно {total}",
    wrong: "Нетачно: сви ваши поени су пропали",
    congratulations: "Честитамо! За реч +{points}, укупно {total}",
    solved: "Тражена реч: {word}",
    over: "Игра је завршена",
    notYourTurn: "Нисте на потезу",
    useLetter: "Команди /letter L треба једно слово",
    useWord: "Команди /word W треба реч",
    unknown: "Непозната команда. Постоје /letter L и /word W",
    running: "Игра је у току. Дођите касније",
    watches: "Посматра {name}",
    watching: "Само посматрате и немате потеза",
    passedOver: "{name} не одговара, потез иде даље",
    out: "{name} не одговара 5 минута и испада из игре",
    youAreOut: "Нисте одговарали 5 минута и испадате из игре"
  },
  pl: {
    askName: "Twoje imię: ",
    askMove: "Litera albo całe słowo: ",
    noName: "To nie może być imię. Proszę podać inne",
    taken: "Imię {name} jest zajęte. Proszę podać inne",
    joined: "Dołącza {name} ({count} z {players})",
    left: "Odchodzi {name}",
    waiting: "Gra jeszcze się nie zaczęła: {count} z {players}",
    begun: "Gra się zaczyna: {names}",
    word: "Słowo: {word}",
    turn: "Na ruchu: {name}",
    letter: "{name} zgaduje literę {letter}",
    hit: "Litera {letter}: +{points}, razem {total}",
    missed: "Litery {letter} nie ma w słowie",
    namedBefore: "Litera {letter} już padła",
    guess: "{name} zgaduje słowo {word}",
    right: "Dobrze: +{points}, razem {total}",
    wrong: "Źle: wszystkie twoje punkty przepadły",
    congratulations: "Gratulacje! Za słowo +{points}, razem {total}",
    solved: "Szukane słowo: {word}",
    over: "Gra skończona",
    notYourTurn: "To nie twój ruch",
    useLetter: "Polecenie /letter L wymaga jednej litery",
    useWord: "Polecenie /word W wymaga słowa",
    unknown: "Nieznane polecenie. Są /letter L i /word W",
    running: "Gra już trwa. Proszę wrócić później",
    watches: "Przygląda się {name}",
    watching: "Tylko się przyglądasz, nie masz ruchów",
    passedOver: "{name} nie odpowiada, ruch przechodzi dalej",
    out: "{name} nie odpowiada od 5 minut i wypada z gry",
    youAreOut: "Brak odpowiedzi od 5 minut, wypadasz z gry"
  },
  uk: {
    askName: "Ваше ім'я: ",
    askMove: "Літера або ціле слово: ",
    noName: "Це не може бути ім'ям. Надішліть, будь ласка, інше",
    taken: "Ім'я {name} зайняте. Надішліть, будь ласка, інше",
    joined: "Приходить {name} ({count} з {players})",
    left: "Виходить {name}",
    waiting: "Гра ще не почалася: {count} з {players}",
    begun: "Гра починається: {names}",
    word: "Слово: {word}",
    turn: "Хід: {name}",
    letter: "{name} називає літеру {letter}",
    hit: "Літера {letter}: +{points}, разом {total}",
    missed: "Літери {letter} у слові немає",
    namedBefore: "Літеру {letter} вже називали",
    guess: "{name} називає слово {word}",
    right: "Правильно: +{points}, разом {total}",
    wrong: "Неправильно: усі ваші бали втрачено",
    congratulations: "Вітаємо! За слово +{points}, разом {total}",
    solved: "Загадане слово: {word}",
    over: "Гру закінчено",
    notYourTurn: "Зараз не ваш хід",
    useLetter: "Команді /letter L потрібна одна літера",
    useWord: "Команді /word W потрібне слово",
    unknown: "Невідома команда. Є /letter L і /word W",
    running: "Гра вже триває. Приходьте, будь ласка, пізніше",
    watches: "Спостерігає {name}",
    watching: "Ви лише спостерігаєте й не маєте ходів",
    passedOver: "{name} не відповідає, хід переходить далі",
    out: "{name} не відповідає 5 хвилин і вибуває з гри",
    youAreOut: "Ви не відповідали 5 хвилин і вибуваєте з гри"
  },
  ru: {
    askName: "Ваше имя: ",
    askMove: "Буква или слово целиком: ",
    noName: "Это не может быть именем. Пришлите, пожалуйста, другое",
    taken: "Имя {name} занято. Пришлите, пожалуйста, другое",
    joined: "Приходит {name} ({count} из {players})",
    left: "Уходит {name}",
    waiting: "Игра ещё не началась: {count} из {players}",
    begun: "Игра начинается: {names}",
    word: "Слово: {word}",
    turn: "Ход: {name}",
    letter: "{name} называет букву {letter}",
    hit: "Буква {letter}: +{points}, всего {total}",
    missed: "Буквы {letter} в слове нет",
    namedBefore: "Букву {letter} уже называли",
    guess: "{name} называет слово {word}",
    right: "Верно: +{points}, всего {total}",
    wrong: "Неверно: все ваши очки пропали",
    congratulations: "Поздравляем! За слово +{points}, всего {total}",
    solved: "Загаданное слово: {word}",
    over: "Игра окончена",
    notYourTurn: "Сейчас не ваш ход",
    useLetter: "Команде /letter L нужна одна буква",
    useWord: "Команде /word W нужно слово",
    unknown: "Неизвестная команда. Есть /letter L и /word W",
    running: "Игра уже идёт. Приходите, пожалуйста, позже",
    watches: "Наблюдает {name}",
    watching: "Вы только наблюдаете и не ходите",
    passedOver: "{name} не отвечает, ход переходит дальше",
    out: "{name} не отвечает 5 минут и выбывает из игры",
    youAreOut: "Вы не отвечали 5 минут и выбываете из игры"
  }
}
