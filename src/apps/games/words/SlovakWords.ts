/** Words for the app `words` in Slovak: common nouns of at least five letters. */
export const slovakWords = `
  anjel básnik batoh brána breza bunda čajník čerešňa čiapka divadlo dážďnik fazuľa fialka gitara hodiny holub
  hrebeň hračka hviezda chlieb chodba izbica jablko jahoda jaskyňa jazero kabát kameň kapusta kladivo klavír kniha
  kocka koleso komín koník konvička korytnačka košeľa kostol krajina kuchyňa lampa ľadovec lavica lietadlo malina
  medveď mesiac mlynár motýľ mydlo nožnice obloha oblok obraz okuliare orech ostrov paprika pekáreň perina písmeno
  pohár polievka potok prameň príbeh raňajky rebrík ríbezľa rukavica sekera sklenár slivka slnko snehuliak stolička
  studňa škola špongia trávnik ulica veverica viečko vláčik záhrada zámok zvonec žirafa
`
