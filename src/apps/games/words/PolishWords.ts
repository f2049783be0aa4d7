/** Words for the app `words` in Polish: common nouns of at least five letters. */
export const polishWords = `
  autobus babcia balkon bocian brzoza bułka butelka chleb chmura chodnik cukier czapka czosnek drabina drzewo dywan
  dzbanek fasola filiżanka gitara gołąb górnik grzebień gwiazda herbata jabłko jagoda jaskółka jesień jezioro
  kamień kanapa kapusta kasztan klamka klucz kolano kolejka komin koszula koszyk krzesło książka księżyc kuchnia
  kwiat lampa latarnia łabędź łyżka malina marchew masło mieszkanie miotła morze motyl mydło nożyczki obraz ogród
  okulary orzech parasol pióro piwnica poduszka pociąg południe pomidor poranek potok rękaw rower rynek rzeka
  samolot skarpeta skrzypce śliwka śnieg stodoła światło szafa szklanka talerz ulica wiatrak wieczór wiosna wyspa
  zamek zegar zeszyt
`
